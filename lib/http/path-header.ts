/** Set by proxy.ts on every request: a page does not know its own address. What a client sends under this name is overwritten. */
export const pathHeader = "x-undercroft-path";
