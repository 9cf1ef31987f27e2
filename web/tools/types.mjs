// docs/schema/*.json -> build/types.ts: one type per request and response, so that a key which a verb renames
// stops the page from compiling.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const schemas = new URL("../../docs/schema/", import.meta.url);
const out = new URL("../build/types.ts", import.meta.url);
const pascal = (text) => text.replace(/(^|[._-])([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

function reference(ref, prefix) {
  if (ref.endsWith(".json")) return pascal(ref.slice(0, -5)); // a whole schema
  const name = ref.split("/").at(-1);
  const of = ref.startsWith("#") ? prefix : ref.slice(0, ref.indexOf(".json#"));
  return pascal(of === "common" || of === "" ? name : `${of}.${name}`);
}

function objectType(schema, prefix, indent) {
  const required = new Set(schema.required ?? []);
  const inner = indent + "  ";
  const lines = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const comment = value.description ? `${inner}/** ${value.description.replaceAll("*/", "")} */\n` : "";
    return `${comment}${inner}${key(name)}${required.has(name) ? "" : "?"}: ${type(value, prefix, inner)};`;
  });
  const rest = schema.additionalProperties;
  if (lines.length === 0) {
    return rest && typeof rest === "object" ? `Record<string, ${type(rest, prefix, indent)}>` : "Record<string, unknown>";
  }
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function type(schema, prefix, indent) {
  if (schema.$ref) return reference(schema.$ref, prefix);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.allOf?.length === 1) return type(schema.allOf[0], prefix, indent); // a reference that is described
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice && !schema.properties) return choice.map((each) => wrap(type(each, prefix, indent))).join(" | ");
  const kinds = Array.isArray(schema.type) ? schema.type : [schema.type];
  return kinds.map((kind) => one(kind, schema, prefix, indent)).join(" | ");
}

function one(kind, schema, prefix, indent) {
  if (kind === "object") return objectType(schema, prefix, indent);
  if (kind === "array") return `${wrap(schema.items ? type(schema.items, prefix, indent) : "unknown")}[]`;
  if (kind === "integer") return "number";
  return kind ?? "unknown";
}

const wrap = (text) => (/^[\w\[\]]+$/.test(text) || text.startsWith("{") ? text : `(${text})`);

const lines = ["// Written by tools/types.mjs from docs/schema. Not for editing.", "/* eslint-disable */"];
for (const file of readdirSync(schemas).filter((name) => name.endsWith(".json")).sort()) {
  const schema = JSON.parse(readFileSync(new URL(file, schemas), "utf8"));
  const name = file.slice(0, -5);
  const prefix = name === "common" ? "" : name;
  for (const [id, definition] of Object.entries(schema.definitions ?? {})) {
    lines.push(`export type ${reference(`#/${id}`, prefix)} = ${type(definition, prefix, "")};`);
  }
  if (name !== "common") lines.push(`export type ${pascal(name)} = ${type(schema, prefix, "")};`);
}
mkdirSync(new URL(".", out), { recursive: true });
writeFileSync(out, lines.join("\n") + "\n");
