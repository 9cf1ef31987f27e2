export type OrderEvent =
  | { kind: 'created'; id: string; totalCents: number }
  | { kind: 'paid'; id: string; amountCents: number }
  | { kind: 'shipped'; id: string; carrier: string };
export function parseEvent(value: unknown): OrderEvent {
  const event = value as OrderEvent;
  if (!event || typeof event.kind !== 'string') throw new Error('not an event');
  return event;
}
export function describe(event: OrderEvent): string {
  switch (event.kind) {
    case 'created': return `${event.id} created for ${(event.totalCents / 100).toFixed(2)}`;
    case 'paid': return `${event.id} paid ${(event.amountCents / 100).toFixed(2)}`;
    case 'shipped': return `${event.id} shipped with ${event.carrier}`;
  }
}
