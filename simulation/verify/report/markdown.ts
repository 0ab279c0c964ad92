import type {ProofLine} from '../judge.ts';
import {PROCESSES} from '../processes/index.ts';
import type {Proof} from '../prove.ts';
import {drawPlots} from './draw.ts';
import {worstText} from './lines.ts';
import {shortNumber} from './numbers.ts';

export type Report = {
  markdown: string;
  /** Pictures by file name. */
  images: Record<string, string>;
};

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function tableOf(lines: readonly ProofLine[]): string[] {
  return [
    '| source | compared | n | tolerance | worst error | share of tolerance | |',
    '|---|---|---|---|---|---|---|',
    ...lines.map((line) => {
      const share = line.worstOverAllowed === null ? '' : `${shortNumber(100 * line.worstOverAllowed)} %`;
      const known = line.known.length > 0 ? `, ${line.known.length} known to miss` : '';
      const cells = [
        line.source,
        line.what,
        `${line.n}`,
        line.tolerance,
        worstText(line),
        share,
        `${line.pass ? 'pass' : '**miss**'}${known}`,
      ];
      return `| ${cells.map(cell).join(' | ')} |`;
    }),
  ];
}

/** How many lines the report names as nearest to their tolerance. */
const NEAREST = 8;

/**
 * The page of the proof: a table and a picture for each process, and where the model misses, all of it from the lines themselves.
 * `imagesFolder`: path of the pictures from the page. `more`: sections that come before the misses, and what they found.
 */
export function reportOf(of: {
  proofs: readonly Proof[];
  orders: readonly ProofLine[];
  command: string;
  imagesFolder: string;
  more?: {sections: readonly string[]; misses: readonly string[]};
}): Report {
  const images: Record<string, string> = {};
  const lines = [...of.proofs.flatMap((proof) => proof.lines), ...of.orders];
  const passed = lines.filter(({pass}) => pass).length;
  const values = lines.reduce((sum, {n}) => sum + n, 0);
  const text = [
    '# How far the model is to be trusted',
    '',
    'Written by the command below, never by hand. Each process of the model is run on rows that other people made, through the same',
    'functions that a simulation uses, and each line says how far the two lie apart. The rows, what they are held against and how closely',
    'they must agree stand in `reference.json` beside them (`tests/fixtures`); own rows of other places go the same way:',
    '`eco verify --reference FOLDER`.',
    '',
    `    ${of.command}`,
    '',
    `${passed} of ${lines.length} lines pass, on ${values.toLocaleString('en')} values.`,
    '',
  ];
  const titles = PROCESSES.map(({title}) => title).filter((title) =>
    of.proofs.some((proof) => proof.title === title),
  );
  for (const title of titles) {
    const proofs = of.proofs.filter((proof) => proof.title === title);
    const own = new Set(proofs.map((proof) => proof.case.process));
    const orders = of.orders.filter(({process}) => own.has(process));
    text.push(`## ${title}`, '', ...tableOf([...proofs.flatMap((proof) => proof.lines), ...orders]), '');
    for (const proof of proofs) {
      if (proof.plots.length === 0) continue;
      const name = `${proof.case.id}.svg`;
      const alt = `${proof.case.source}: reference and model`;
      images[name] = drawPlots(proof.plots, alt);
      text.push(
        `![${alt}](${of.imagesFolder}/${name})`,
        '',
        `*${proof.case.source} (${proof.case.licence})*`,
        '',
      );
    }
  }
  text.push(...(of.more?.sections ?? []));
  text.push('## Where the model is known to miss', '');
  const known = lines.flatMap((line) => line.known.map((miss) => ({line, miss})));
  const missing = lines.filter(({pass}) => !pass);
  for (const line of missing) {
    text.push(
      `- ${line.source}, ${line.what}: ${line.missCount} of ${line.n} values beyond ${line.tolerance}, worst ${worstText(line)} at ${line.worstAt}.`,
    );
  }
  for (const {line, miss} of known) {
    const value = miss.computed === null ? 'none' : shortNumber(miss.computed);
    text.push(`- ${miss.row}: ${line.what} ${value}, expected ${line.tolerance}. ${miss.why}.`);
  }
  text.push(...(of.more?.misses ?? []).map((miss) => `- ${miss}`));
  if (missing.length + known.length + (of.more?.misses.length ?? 0) === 0) text.push('No row misses.');
  text.push('', 'The lines that come nearest to their tolerance:', '');
  const nearest = lines
    .filter(({worstOverAllowed}) => worstOverAllowed !== null)
    .toSorted((a, b) => b.worstOverAllowed! - a.worstOverAllowed!)
    .slice(0, NEAREST);
  for (const line of nearest) {
    text.push(`- ${line.source}, ${line.what}: ${worstText(line)} of ${line.tolerance}, at ${line.worstAt}`);
  }
  return {markdown: `${text.join('\n')}\n`, images};
}
