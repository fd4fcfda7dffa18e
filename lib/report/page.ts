/**
 * The page of an experiment: one file that needs nothing else.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { drawFigure, type Figure } from "./figure.ts";
import type { Facts } from "./facts.ts";
import { foreign, Html, html, trusted } from "./html.ts";
import type { Results } from "./results.ts";
import { bucketsSection } from "./sections/buckets.ts";
import { claimsSection } from "./sections/claims.ts";
import { entityErrorsSection } from "./sections/entity_errors.ts";
import { errorsSection } from "./sections/errors.ts";
import { headlineSection } from "./sections/headline.ts";
import { attentionSection } from "./sections/layers.ts";
import { provenanceSection, traceSection } from "./sections/making.ts";
import { barsSection, curvesSection } from "./sections/scores.ts";
import type { Asked, Section, SectionMaker } from "./sections/section.ts";
import { trainingSection } from "./sections/training.ts";
import { transferSection } from "./sections/transfer.ts";
import { weightsSection } from "./sections/weights.ts";
import { comparedAxes } from "./systems.ts";

/** What tables say, first what matters most. */
const makers: readonly SectionMaker[] = [
  claimsSection,
  headlineSection,
  transferSection,
  curvesSection,
  barsSection,
  attentionSection,
  weightsSection,
  bucketsSection,
  entityErrorsSection,
  errorsSection,
  trainingSection,
];

/** What a live page has beside: see `cli/report_server.ts`. */
export interface Live {
  /** A script that runs after the page's own. */
  readonly script: string;
  /** Where it may connect to, as a content-security policy says it. */
  readonly connect: string;
}

/**
 * The page of an experiment. The same results give the same bytes.
 *
 * @throws {UserError} when a question cannot be answered
 */
export async function reportPage(results: Results, facts: Facts, live?: Live): Promise<string> {
  const { asked, sections } = await sectionsOf(results);
  const trace = traceSection(facts);
  if (trace) sections.push(trace);
  sections.push(await provenanceSection(asked, facts));
  const drawn: Html[] = [];
  for (const section of sections) drawn.push(await drawSection(section));
  const [style, script] = await Promise.all([own("page.css"), own("page.js")]);
  const scripts = [script, ...live ? [live.script] : []];
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "img-src blob:", // a chart that its own script paints, to save it
    ...live ? [`connect-src ${live.connect}`] : [],
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="crosstie">
        <title>${facts.pipeline}, ${facts.profile}</title>
        <style>${trusted(style)}</style>
      </head>
      <body>
    <a class="skip" href="#main">Skip to the results</a>
    <header>
    <h1>${foreign(facts.pipeline)}</h1>
    <p class="profile">profile ${foreign(facts.profile)}</p>
    ${facts.about && html`<p class="lead">${foreign(facts.about)}</p>`}
    ${facts.warning && html`<p class="warning">${facts.warning}</p>`}
    ${live && html`<p id="live" role="status">Live: waiting for the run.</p>`}
    <nav aria-label="Sections"><ul>${sections.map(({ id, title }) =>
      html`<li><a href="#${id}">${title}</a></li>`
    )}</ul></nav>
    </header>
    <main id="main">
    ${drawn}
    </main>
    <footer><p>Written by crosstie. It holds all that it shows; nothing is fetched.</p></footer>
    ${scripts.map((each) => html`<script>${trusted(each)}</script>`)}
      </body>
    </html>
  `.text;
}

/** What the tables say, in the order of the page. */
async function sectionsOf(results: Results): Promise<{ asked: Asked; sections: Section[] }> {
  const asked: Asked = { results, compared: await comparedAxes(results) };
  const sections: Section[] = [];
  for (const make of makers) {
    const section = await make(asked);
    if (section) sections.push(section);
  }
  return { asked, sections };
}

/** The figures that the tables give, in the order of the page. */
export async function reportFigures(results: Results): Promise<Figure[]> {
  const { sections } = await sectionsOf(results);
  return sections.flatMap(({ parts }) =>
    parts.filter((part): part is Figure => !(part instanceof Html))
  );
}

/** The colours that charts name, as a page on white paper has them: #rrggbb. */
export async function pageColours(): Promise<Readonly<Record<string, string>>> {
  const [light] = (await own("page.css")).split("@media");
  const colours = Object.fromEntries(
    [...light.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
  return { ...colours, currentColor: colours["--ink"] };
}

async function drawSection({ id, title, parts }: Section): Promise<Html> {
  const drawn: Html[] = [];
  for (const part of parts) {
    drawn.push(part instanceof Html ? part : await drawFigure(part as Figure));
  }
  return html`
    <section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${drawn}
    </section>
  `;
}

/** A file beside this module that becomes a part of the page. */
async function own(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(name, import.meta.url));
}

/** How a policy names a text that may run or dress the page. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
