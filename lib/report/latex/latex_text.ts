/**
 * Texts as LaTeX sets them: nothing in them is a command, and no letter ends a compilation.
 *
 * @module
 */
import { showControls } from "../../core/controls.ts";

const signs: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\symbol{34}",
  "±": "\\ensuremath{\\pm}",
  "−": "\\ensuremath{-}",
  "≤": "\\ensuremath{\\le}",
  "→": "\\ensuremath{\\rightarrow}",
  "↓": "\\ensuremath{\\downarrow}",
  "∞": "\\ensuremath{\\infty}",
};

/** A text on one line in which LaTeX reads nothing as a command, controls shown. */
export function latexText(text: string): string {
  return showControls(text.replace(/[ \t\r\n]+/g, " "))
    .replace(/[\\~^<>|"±−≤→↓∞&%$#_{}]/g, (sign) => signs[sign] ?? `\\${sign}`);
}

/**
 * Definitions of the letters of a LaTeX text that pdfLaTeX does not know, so that it shows their code
 * points instead of ending; LuaLaTeX and XeLaTeX set the letters themselves. They stand anywhere
 * before the text. "" where there is nothing to define.
 */
export function letterDefinitions(latex: string): string {
  const letters = [...new Set(latex)].filter((letter) => letter > "\x7f").sort();
  if (letters.length === 0) return "";
  const lines = letters.map((letter) => {
    const code = letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    const name = `u8:\\detokenize{${letter}}\\endcsname`;
    return `\\ifcsname ${name}\\else\\expandafter\\gdef\\csname ${name}{{\\tiny[${code}]}}\\fi`;
  });
  return `\\ifcsname UTFviii@two@octets\\endcsname\n${lines.join("\n")}\n\\fi\n`;
}
