// Requests and responses of every verb, as tools/types.mjs reads them from docs/schema.
export type * from "../../build/types";
