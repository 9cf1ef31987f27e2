export type Settings = { [name: string]: unknown };

function isPlain(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function withDefaults(defaults: Settings, given: Settings): Settings {
  const result: Settings = {};
  for (const name of new Set([...Object.keys(defaults), ...Object.keys(given)])) {
    const wanted = name in given ? given[name] : defaults[name];
    const fallback = defaults[name];
    result[name] = isPlain(wanted) ? withDefaults(isPlain(fallback) ? fallback : {}, wanted) : wanted;
  }
  return result;
}
