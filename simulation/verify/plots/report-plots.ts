import {drawPlots} from '../report/draw.ts';
import {
  type GroupResult,
  type GrowthSpread,
  type PeriodResult,
  type PlotResult,
  TREE_CM,
} from './compare-plots.ts';

import {SAPLING_YEARS} from './plot-plan.ts';

const NAMES = {model: 'model', persistence: 'persistence', rates: 'species-size rates'} as const;

const fixed = (value: number | null, digits: number) =>
  value === null ? '–' : value.toFixed(digits).replace('-', '−');
const spread = (of: GrowthSpread | null) => (of === null ? '–' : of.map((mm) => fixed(mm, 1)).join(' / '));

/** A plot's result for a terminal. */
export function plotLines(result: PlotResult): string[] {
  const lines = [
    `${result.file}: ${result.stems} stems, compared on ${fixed(result.areaHa, 2)} ha (${result.edgeM} m of edge left out)  [${result.source}]`,
  ];
  for (const period of result.periods) {
    const {measured, model} = period.recruits;
    lines.push(
      `${period.from} to ${period.to}, from ${fixed(result.countedFromCm, 1)} cm: ${fixed(measured.stemsPerHa, 0)} stems/ha came up, ${fixed(model.stemsPerHa, 0)} by the model`,
    );
    for (const {group, stems, deaths, observed, scores} of period.groups) {
      lines.push(
        `${period.from} to ${period.to}, ${group}: ${stems} stems, ${deaths} died  measured: basal area ${fixed(observed.startBasalAreaM2PerHa, 2)} → ${fixed(observed.basalAreaM2PerHa, 2)} m²/ha, stems ${fixed(observed.startStemsPerHa, 0)} → ${fixed(observed.stemsPerHa, 0)} /ha, deaths ${fixed(observed.deathsPercentPerYr, 2)} %/a`,
      );
      for (const {method, score} of scores) {
        lines.push(
          `  ${NAMES[method].padEnd(18)}  basal area ${fixed(score.basalAreaM2PerHa, 2)}  stems ${fixed(score.stemsPerHa, 0)}  DBH RMSE ${fixed(score.dbhRmseCm, 2)} cm  bias ${fixed(score.dbhBiasCm, 2)} cm  mortality AUC ${fixed(score.mortalityAuc, 2)}  deaths ${fixed(score.deathsPercentPerYr, 2)} %/a`,
        );
      }
    }
  }
  return lines;
}

function groupTable(groups: readonly GroupResult[]): string[] {
  const rows = groups.flatMap(({group, observed, scores}) => [
    `| ${group} | measured | ${fixed(observed.basalAreaM2PerHa, 2)} | ${fixed(observed.stemsPerHa, 0)} | | | | ${fixed(observed.deathsPercentPerYr, 2)} |`,
    ...scores.map(
      ({method, score}) =>
        `| | ${NAMES[method]} | ${fixed(score.basalAreaM2PerHa, 2)} | ${fixed(score.stemsPerHa, 0)} | ${fixed(score.dbhRmseCm, 2)} | ${fixed(score.dbhBiasCm, 2)} | ${fixed(score.mortalityAuc, 2)} | ${fixed(score.deathsPercentPerYr, 2)} |`,
    ),
  ]);
  return [
    '| stems | by | basal area m²/ha | stems /ha | DBH RMSE cm | DBH bias cm | mortality AUC | deaths %/a |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
}

/** Stems that came up, by period, from what the censuses count on. */
function recruitTable({periods, countedFromCm}: PlotResult): string[] {
  return [
    `| stems from ${fixed(countedFromCm, 1)} cm that came up and live | per ha | per ha and year | basal area m²/ha | species |`,
    '|---|---|---|---|---|',
    ...periods.flatMap(({from, to, years, recruits}) =>
      (['measured', 'model'] as const).map((by) => {
        const {stemsPerHa, basalAreaM2PerHa, species} = recruits[by];
        return `| ${from} to ${to}, ${by} | ${fixed(stemsPerHa, 0)} | ${fixed(stemsPerHa / years, 0)} | ${fixed(basalAreaM2PerHa, 2)} | ${fixed(species, 0)} |`;
      }),
    ),
  ];
}

function classTable(period: PeriodResult): string[] {
  return [
    '| from cm | stems | growth measured mm/a (10 / 50 / 90 %) | growth by the model | deaths measured %/a | by the model |',
    '|---|---|---|---|---|---|',
    ...period.classes.map(
      (row) =>
        `| ${row.fromCm} | ${row.stems} | ${spread(row.observedGrowthMm)} | ${spread(row.modelGrowthMm)} | ${fixed(row.observedDeathsPercentPerYr, 1)} | ${fixed(row.modelDeathsPercentPerYr, 1)} |`,
    ),
  ];
}

function speciesTable(period: PeriodResult): string[] {
  return [
    '| species | stems | median growth mm/a | by the model | deaths %/a | by the model |',
    '|---|---|---|---|---|---|',
    ...period.species.map(
      (row) =>
        `| ${row.name} | ${row.stems} | ${fixed(row.observedGrowthMm, 1)} | ${fixed(row.modelGrowthMm, 1)} | ${fixed(row.observedDeathsPercentPerYr, 1)} | ${fixed(row.modelDeathsPercentPerYr, 1)} |`,
    ),
  ];
}

/** Off by more than this factor is listed as a miss. */
const FACTOR = 1.5;
const isOff = (model: number, measured: number) =>
  measured > 0 && (model > measured * FACTOR || model < measured / FACTOR);

/** Where the model is no better than simple methods, and which sizes and species it has wrong by more than half. */
export function plotMisses(result: PlotResult): string[] {
  const misses: string[] = [];
  for (const period of result.periods) {
    const when = `${result.file}, ${period.from} to ${period.to}`;
    for (const {group, scores} of period.groups) {
      const model = scores.find(({method}) => method === 'model')!.score;
      for (const {method, score} of scores) {
        if (method === 'model') continue;
        if (model.dbhRmseCm !== null && score.dbhRmseCm !== null && model.dbhRmseCm >= score.dbhRmseCm) {
          misses.push(
            `${when}, ${group}: the model’s DBH RMSE of ${fixed(model.dbhRmseCm, 2)} cm is no better than the ${fixed(score.dbhRmseCm, 2)} cm of ${NAMES[method]}.`,
          );
        }
        if (
          model.mortalityAuc !== null &&
          score.mortalityAuc !== null &&
          model.mortalityAuc <= score.mortalityAuc
        ) {
          misses.push(
            `${when}, ${group}: the model’s mortality AUC of ${fixed(model.mortalityAuc, 2)} is no better than the ${fixed(score.mortalityAuc, 2)} of ${NAMES[method]}.`,
          );
        }
      }
    }
  }
  const first = result.periods[0]!;
  const when = `${result.file}, ${first.from} to ${first.to}`;
  for (const row of first.classes) {
    const measured = row.observedGrowthMm?.[1] ?? 0;
    const model = row.modelGrowthMm?.[1] ?? 0;
    if (isOff(model, measured)) {
      misses.push(
        `${when}, stems from ${row.fromCm} cm: median growth ${fixed(model, 1)} mm/a by the model, ${fixed(measured, 1)} measured.`,
      );
    }
    if (isOff(row.modelDeathsPercentPerYr, row.observedDeathsPercentPerYr)) {
      misses.push(
        `${when}, stems from ${row.fromCm} cm: ${fixed(row.modelDeathsPercentPerYr, 1)} % die a year by the model, ${fixed(row.observedDeathsPercentPerYr, 1)} % measured.`,
      );
    }
  }
  const wrong = first.species.filter(
    (row) =>
      isOff(row.modelGrowthMm ?? 0, row.observedGrowthMm ?? 0) ||
      isOff(row.modelDeathsPercentPerYr, row.observedDeathsPercentPerYr),
  );
  if (wrong.length > 0) {
    const names = wrong.map(({name}) => name).join(', ');
    misses.push(
      `${when}: growth or deaths of ${wrong.length} of ${first.species.length} species are off by more than a factor of ${FACTOR}: ${names}.`,
    );
  }
  for (const {from, to, recruits} of result.periods) {
    const {measured, model} = recruits;
    if (!isOff(model.stemsPerHa, measured.stemsPerHa)) continue;
    misses.push(
      `${result.file}, ${from} to ${to}: ${fixed(model.stemsPerHa, 0)} stems per ha came up by the model, ${fixed(measured.stemsPerHa, 0)} measured.`,
    );
  }
  return misses;
}

/** The plot's section of the page, and its picture. */
export function plotSection(
  result: PlotResult,
  imagesFolder: string,
): {section: string[]; images: Record<string, string>} {
  const first = result.periods[0]!;
  const name = `${result.id}.svg`;
  const alt = `${result.source}: measured and modelled`;
  const classes = first.classes.map(({fromCm}) => `from ${fromCm} cm`);
  const along = {name: 'size', values: classes};
  const picture = drawPlots(
    [
      {
        quantity: 'median growth by size',
        unit: 'mm/a',
        along,
        expected: first.classes.map(({observedGrowthMm}) => observedGrowthMm?.[1] ?? 0),
        computed: first.classes.map(({modelGrowthMm}) => modelGrowthMm?.[1] ?? 0),
      },
      {
        quantity: 'deaths by size',
        unit: '%/a',
        along,
        expected: first.classes.map(({observedDeathsPercentPerYr}) => observedDeathsPercentPerYr),
        computed: first.classes.map(({modelDeathsPercentPerYr}) => modelDeathsPercentPerYr),
      },
      {
        quantity: 'growth of each stem',
        unit: 'mm/a',
        along: null,
        expected: first.growthPairs.observedMm,
        computed: first.growthPairs.modelMm,
      },
    ],
    alt,
  );
  const section = [
    `## A remeasured forest: ${result.file}`,
    '',
    `${result.source} (${result.licence}). ${result.stems.toLocaleString('en')} stems; those nearer than ${result.edgeM} m to the edge shade the others but are not`,
    `compared, which leaves ${fixed(result.areaHa, 2)} ha. The individual-tree model starts from a census and is given nothing of the later ones;`,
    `deaths are counted over ${result.seeds} runs. Persistence: no stem grows or dies. Species-size rates: mean growth and death by species and size`,
    `class, ${TREE_CM} cm being the limit of a tree. What is assumed:`,
    '',
    ...result.assumptions.map((text) => `- ${text}`),
    `- ${fixed(result.filledTraitsPercent, 0)} % of all traits are filled from relatives.`,
    '',
  ];
  for (const period of result.periods) {
    const shown = period.groups.map(
      ({group, stems, deaths, compared}) =>
        `${group}: ${stems}, of which ${deaths} died and ${compared} are compared by diameter`,
    );
    section.push(
      `### ${period.from} to ${period.to}, ${fixed(period.years, 2)} years`,
      '',
      `${shown.join('; ')}. Rates: ${period.ratesFrom}.`,
      '',
      ...groupTable(period.groups),
      '',
    );
  }
  section.push(
    'What came up, by the whole simulation of the plot (seeds of the stems that stand, seedlings, saplings; all processes of a year). Saplings',
    `thinner than ${fixed(result.countedFromCm, 1)} cm were not counted: those of ${SAPLING_YEARS} years of seeds stand at the start.`,
    '',
    ...recruitTable(result),
    '',
    `By size, ${first.from} to ${first.to}:`,
    '',
    ...classTable(first),
    '',
    `![${alt}](${imagesFolder}/${name})`,
    '',
    `By species of at least 30 stems, ${first.from} to ${first.to}:`,
    '',
    ...speciesTable(first),
    '',
  );
  return {section, images: {[name]: picture}};
}
