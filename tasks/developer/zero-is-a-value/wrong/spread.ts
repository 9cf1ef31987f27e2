export type Settings = { [name: string]: unknown };

export function withDefaults(defaults: Settings, given: Settings): Settings {
  return { ...defaults, ...given };
}
