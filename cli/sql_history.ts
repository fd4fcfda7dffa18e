/**
 * The questions of earlier times, in a file: one after the other, further lines of one behind a tab.
 *
 * @module
 */
import { dirname } from "node:path";

/** The most questions that are kept. */
export const mostQuestions = 500;

/** Past questions, the newest first. */
export class History {
  private constructor(readonly questions: string[], readonly file: string) {}

  /** Reads the newest questions; what is older is let go. */
  static async in(file: string): Promise<History> {
    const text = await Deno.readTextFile(file).catch(() => "");
    const all = text.split(/\n(?!\t)/).filter(Boolean)
      .map((question) => question.replaceAll("\n\t", "\n"));
    const kept = all.slice(-mostQuestions);
    if (kept.length < all.length) {
      await Deno.writeTextFile(file, kept.map(entryOf).join("")).catch(() => {});
    }
    return new History(kept.reverse(), file);
  }

  /** Keeps a question at once: whatever ends this process, it is there. */
  async keep(question: string): Promise<void> {
    if (this.questions[0] !== question) this.questions.unshift(question);
    this.questions.splice(mostQuestions);
    try {
      await Deno.mkdir(dirname(this.file), { recursive: true });
      await Deno.writeTextFile(this.file, entryOf(question), { append: true });
    } catch {
      // A folder that cannot be written to is no reason to give no answers.
    }
  }
}

function entryOf(question: string): string {
  return `${question.replaceAll("\n", "\n\t")}\n`;
}
