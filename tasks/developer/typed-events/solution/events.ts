export type OrderEvent =
  | { kind: 'created'; id: string; totalCents: number }
  | { kind: 'paid'; id: string; amountCents: number }
  | { kind: 'shipped'; id: string; carrier: string };

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

export function parseEvent(value: unknown): OrderEvent {
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') {
    throw new Error('not an event');
  }
  const id = 'id' in value && typeof value.id === 'string' ? value.id : undefined;
  switch (value.kind) {
    case 'created':
      if (id !== undefined && 'totalCents' in value && typeof value.totalCents === 'number') {
        return { kind: 'created', id, totalCents: value.totalCents };
      }
      break;
    case 'paid':
      if (id !== undefined && 'amountCents' in value && typeof value.amountCents === 'number') {
        return { kind: 'paid', id, amountCents: value.amountCents };
      }
      break;
    case 'shipped':
      if (id !== undefined && 'carrier' in value && typeof value.carrier === 'string') {
        return { kind: 'shipped', id, carrier: value.carrier };
      }
      break;
    default:
      throw new Error(`unknown event kind: ${value.kind}`);
  }
  throw new Error(`bad ${value.kind} event`);
}

export function describe(event: OrderEvent): string {
  switch (event.kind) {
    case 'created':
      return `${event.id} created for ${money(event.totalCents)}`;
    case 'paid':
      return `${event.id} paid ${money(event.amountCents)}`;
    case 'shipped':
      return `${event.id} shipped with ${event.carrier}`;
    default: {
      const never: never = event;
      return never;
    }
  }
}
