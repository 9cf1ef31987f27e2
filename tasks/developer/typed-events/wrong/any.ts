export type OrderEvent = { kind: string; [key: string]: any };
export function parseEvent(value: any): OrderEvent {
  if (!value || !value.kind) throw new Error('not an event');
  if (!['created', 'paid', 'shipped'].includes(value.kind)) throw new Error('unknown event kind: ' + value.kind);
  return value;
}
export function describe(e: OrderEvent): string {
  if (e.kind === 'created') return `${e.id} created for ${(e.totalCents / 100).toFixed(2)}`;
  if (e.kind === 'paid') return `${e.id} paid ${(e.amountCents / 100).toFixed(2)}`;
  return `${e.id} shipped with ${e.carrier}`;
}
