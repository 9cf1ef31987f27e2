import { describe, parseEvent, OrderEvent } from './events';

declare const require: (name: string) => { readFileSync(fd: number, encoding: string): string; writeSync(fd: number, text: string): void };
const fs = require('fs');
const sample: OrderEvent = { kind: 'created', id: 'x', totalCents: 1 };
// @ts-expect-error a paid event has no carrier
const wrong: OrderEvent = { kind: 'paid', id: 'x', carrier: 'Posta' };
void sample;
void wrong;
for (const value of JSON.parse(fs.readFileSync(0, 'utf8')) as unknown[]) {
  try {
    fs.writeSync(1, describe(parseEvent(value)) + '\n');
  } catch (error) {
    fs.writeSync(1, `error: ${(error as Error).message}\n`);
  }
}
