import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderNotes } from "./notes-template";
import { parseArguments } from "./options";
import { shellQuote } from "./shell-quote";

type NotesCase = {
  template: string;
  cluster: string | null;
  hostname: string | null;
  node: string;
  vmid: number;
  notes?: string;
  error?: string;
};

const { notesTemplate } = JSON.parse(
  readFileSync(new URL("../fixtures/truth/text-cases.json", import.meta.url), "utf8"),
) as { notesTemplate: NotesCase[] };

const withTemplate = (template: string) => parseArguments(["101", "--storage", "local", "--notes-template", template]);

describe("notes templates, against upstream's own function", () => {
  it.each(notesTemplate.filter((one) => one.error === undefined))("renders $template", (one) => {
    const values = {
      cluster: one.cluster ?? "standalone node",
      guestname: one.hostname ?? `VM ${one.vmid}`,
      node: one.node,
      vmid: String(one.vmid),
    };

    expect(withTemplate(one.template).ok).toBe(true);
    expect(renderNotes(one.template, values)).toBe(one.notes);
  });

  it.each(notesTemplate.filter((one) => one.error !== undefined))("refuses $template", ({ template, error }) => {
    expect(withTemplate(template)).toEqual({ ok: false, errors: { "notes-template": error } });
  });
});

describe("parseArguments", () => {
  it("takes booleans with and without a value, and values behind an equals sign", () => {
    const parsed = parseArguments(["101", "--stdout", "--quiet", "1", "--mode=stop", "--remove", "0"]);

    expect(parsed).toMatchObject({
      ok: true,
      options: { vmids: [101], toStdout: true, isQuiet: true, mode: "stop", remove: false },
    });
  });

  it("takes several guests, by words and by commas, each once", () => {
    expect(parseArguments(["101", "102,103", "101"])).toMatchObject({ ok: true, options: { vmids: [101, 102, 103] } });
  });

  it.each([
    [["101", "--storage"], "Option storage requires an argument\n400 unable to parse option"],
    [["101", "--maxfiles", "1"], "Unknown option: maxfiles\n400 unable to parse option"],
  ])("refuses %j", (argv, text) => {
    expect(parseArguments(argv)).toEqual({ ok: false, errors: { "": text } });
  });

  it("refuses guests beside --all", () => {
    const errors = { all: "option conflicts with option 'vmid'" };
    expect(parseArguments(["101", "--all"])).toEqual({ ok: false, errors });
  });

  it("refuses notes without a storage to put them on", () => {
    const errors = { storage: "missing property - 'notes-template' requires this property" };
    expect(parseArguments(["101", "--notes-template", "x"])).toEqual({ ok: false, errors });
  });
});

describe("shellQuote", () => {
  it.each([
    ["/srv/backup1", "/srv/backup1"],
    ["keep-last=1", "'keep-last=1'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
  ])("quotes %j as %j", (text, quoted) => {
    expect(shellQuote(text)).toBe(quoted);
  });
});
