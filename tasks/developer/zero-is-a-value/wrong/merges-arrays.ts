export type Settings = { [name: string]: unknown };

export function withDefaults(defaults: Settings, given: Settings): Settings {
  const result: Settings = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    const old = result[name];
    result[name] = typeof value === 'object' && typeof old === 'object' ? withDefaults(old as Settings, value as Settings) : value;
  }
  return result;
}
