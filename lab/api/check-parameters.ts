import { parameterError } from "./api-error";
import type { Endpoint, ParameterSchema } from "./find-endpoint";
import { formatComplaint } from "./parameter-formats";

export type ParameterValue = string | number | string[];
export type Parameters = Record<string, ParameterValue>;

/** Types and checks parameters by the endpoint's schema; throws Proxmox's 400 with every name that is wrong. */
export function checkParameters(endpoint: Endpoint, given: Record<string, string | string[]>): Parameters {
  const errors: Record<string, string> = {};
  const typed: Parameters = {};
  for (const [name, value] of Object.entries(given)) {
    const schema = schemaOf(endpoint, name);
    if (!schema) {
      errors[name] = "property is not defined in schema and the schema does not allow additional properties";
      continue;
    }
    const complaint = complaintAbout(schema, value);
    if (complaint === undefined) typed[name] = typedValue(schema, value);
    else errors[name] = complaint;
    if (schema.requires && given[schema.requires] === undefined) {
      errors[schema.requires] = `missing property - '${name}' requires this property`;
    }
  }
  for (const [name, schema] of Object.entries(endpoint.parameters)) {
    const isMissing = schema.optional !== 1 && given[name] === undefined && !name.includes("[n]");
    if (isMissing) errors[name] = "property is missing and it is not optional";
  }
  if (Object.keys(errors).length > 0) throw parameterError(errors);
  return typed;
}

/** Numbered parameters such as `mp0` stand in the schema as `mp[n]`. */
function schemaOf(endpoint: Endpoint, name: string): ParameterSchema | undefined {
  return endpoint.parameters[name] ?? endpoint.parameters[name.replace(/\d+$/, "[n]")];
}

function complaintAbout(schema: ParameterSchema, value: string | string[]): string | undefined {
  if (schema.type === "array") return undefined;
  const text = Array.isArray(value) ? value.join("\0") : value;
  if (schema.type === "integer" && !/^[+-]?\d+$/.test(text)) return typeCheck("integer", text);
  if (schema.type === "number" && !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return typeCheck("number", text);
  if (schema.type === "boolean" && !/^(0|1|on|off|yes|no|true|false)$/i.test(text)) return typeCheck("boolean", text);
  const formatProblem = typeof schema.format === "string" ? formatComplaint(schema.format, text) : undefined;
  if (formatProblem !== undefined) return formatProblem;
  if (schema.enum && !schema.enum.includes(text)) {
    return `value '${text}' does not have a value in the enumeration '${schema.enum.join(", ")}'`;
  }
  if (schema.minimum !== undefined && Number(text) < schema.minimum)
    return `value must have a minimum value of ${schema.minimum}`;
  if (schema.maximum !== undefined && Number(text) > schema.maximum)
    return `value must have a maximum value of ${schema.maximum}`;
  if (schema.maxLength !== undefined && text.length > schema.maxLength)
    return `value may only be ${schema.maxLength} characters long`;
  if (schema.minLength !== undefined && text.length < schema.minLength)
    return `value must be at least ${schema.minLength} characters long`;
  if (schema.pattern !== undefined && !new RegExp(`^(?:${schema.pattern})$`).test(text))
    return "value does not match the regex pattern";
  return undefined;
}

const typeCheck = (type: string, got: string) => `type check ('${type}') failed - got '${got}'`;

function typedValue(schema: ParameterSchema, value: string | string[]): ParameterValue {
  if (schema.type === "array") return Array.isArray(value) ? value : [value];
  const text = Array.isArray(value) ? value.join("\0") : value;
  if (schema.type === "boolean") return /^(1|on|yes|true)$/i.test(text) ? 1 : 0;
  return schema.type === "integer" || schema.type === "number" ? Number(text) : text;
}
