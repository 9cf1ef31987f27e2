export type Settings = { [name: string]: unknown };

export function withDefaults(defaults: Settings, given: Settings): Settings {
  const result: Settings = { ...defaults };
  for (const name of Object.keys(given)) {
    result[name] = given[name] ?? defaults[name];
  }
  return result;
}
