export interface OrderEvent { kind: 'created' | 'paid' | 'shipped'; id: string; totalCents?: number; amountCents?: number; carrier?: string }
export function parseEvent(value: unknown): OrderEvent {
  if (typeof value !== 'object' || value === null || !('kind' in value)) throw new Error('not an event');
  return value as OrderEvent;
}
export function describe(e: OrderEvent): string {
  if (e.kind === 'created') return `${e.id} created for ${(e.totalCents! / 100).toFixed(2)}`;
  if (e.kind === 'paid') return `${e.id} paid ${(e.amountCents! / 100).toFixed(2)}`;
  return `${e.id} shipped with ${e.carrier}`;
}
