import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { type Operation, operations } from "@/lib/contracts/operations";
import { problemSchema } from "@/lib/contracts/problem";
import { once } from "@/lib/once";
import { productVersion } from "@/lib/product-version";

/** The REST API as OpenAPI 3.1, from the same table and schemas that the routes are made of. */
export const openApiDocument = once(() => {
  const paths: ZodOpenApiPathsObject = {};
  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    const path = `/api/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operationId, operation) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Undercroft",
      version: productVersion,
      description: "Everything the screens do. Failures are RFC 9457 problems.",
    },
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token." },
        signIn: {
          type: "apiKey",
          in: "cookie",
          name: "undercroft.session_token",
          description: "The cookie of a sign-in.",
        },
      },
    },
    paths,
  });
});

const problemComponent = problemSchema.meta({ id: "Problem" });

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemComponent } },
});

function describe(operationId: string, operation: Operation): ZodOpenApiOperationObject {
  const { summary, role, params, query, body } = operation;
  return {
    operationId,
    summary,
    description: role === "public" ? "For anybody." : `Needs the role ${role}.`,
    security: role === "public" ? [] : [{ token: [] }, { signIn: [] }],
    requestParams: { ...(params ? { path: params } : {}), ...(query ? { query } : {}) },
    ...(body ? { requestBody: { content: { "application/json": { schema: body } } } } : {}),
    responses: {
      [String(operation.status ?? (operation.answer || operation.streams ? 200 : 204))]: {
        description: "Done",
        content: contentOf(operation),
      },
      ...(params || body ? { 400: problem("The request is malformed") } : {}),
      ...(role === "public" ? {} : { 401: problem("Not signed in"), 403: problem("Not allowed") }),
      ...(params ? { 404: problem("Nothing has this id") } : {}),
      ...(query || body ? { 422: problem("A field is not valid; fields says which and why") } : {}),
      default: problem("Anything else that failed"),
    },
  };
}

function contentOf({ answer, streams }: Operation) {
  return {
    ...(answer ? { "application/json": { schema: answer } } : {}),
    ...Object.fromEntries((streams ?? []).map((mediaType) => [mediaType, { schema: z.string() }])),
  };
}
