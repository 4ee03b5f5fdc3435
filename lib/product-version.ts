import packageFile from "@/package.json" with { type: "json" };

/** The version of the product, as package.json says it. */
export const productVersion: string = packageFile.version;
