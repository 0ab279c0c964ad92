import {findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode} from 'jsonc-parser';
import {FUNCTIONAL_TYPES, PARAMETER_RANGES, type ParameterId} from '#model';
import {createFieldCheck, type FieldProblem, fieldProblem, Scenario} from '#schemas';
import {listed} from './place-of.ts';

/** A scenario file is at most this long. */
export const LONGEST_SCENARIO_CHARACTERS = 2_000_000;

const fieldProblems = createFieldCheck(Scenario);

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

/** What fields say together, or what a schema cannot: days of the calendar, parameters of the model, one of two fields. */
function crossProblems(scenario: Scenario): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const say = (path: string, value: unknown, allowed: string) =>
    problems.push(fieldProblem(path, value, allowed));
  const day = (path: string, text: string | undefined) => {
    if (text !== undefined && !isDay(text)) say(path, text, 'a day of the calendar, such as 2027-03-12');
  };
  day('/start/date', scenario.start.date);
  const {climate} = scenario;
  if (climate.from === 'station') {
    day('/climate/fromDate', climate.fromDate);
    day('/climate/toDate', climate.toDate);
    if (climate.toDate <= climate.fromDate)
      say('/climate/toDate', climate.toDate, `a day after ${climate.fromDate}`);
  }
  if (climate.from === 'file') {
    const seen = new Set<string>();
    climate.columns.forEach(({quantity}, k) => {
      if (seen.has(quantity))
        say(`/climate/columns/${k}/quantity`, quantity, 'each quantity from one column only');
      seen.add(quantity);
    });
    const has = (quantity: string) => seen.has(quantity);
    if (!(has('airTemperatureMaxC') && has('airTemperatureMinC')) && !has('airTemperatureMeanC')) {
      say(
        '/climate/columns',
        climate.columns.map(({quantity}) => quantity),
        'columns of airTemperatureMaxC and airTemperatureMinC, or of airTemperatureMeanC',
      );
    }
    if (!has('rainMm'))
      say(
        '/climate/columns',
        climate.columns.map(({quantity}) => quantity),
        'a column of rainMm',
      );
  }
  const co2Years = climate.co2?.years?.map(({year}) => year) ?? [];
  if (new Set(co2Years).size < co2Years.length) say('/climate/co2/years', co2Years, 'each year once');

  (scenario.parameters ?? []).forEach((one, k) => {
    const path = `/parameters/${k}`;
    if ((one.species === undefined) === (one.type === undefined)) {
      say(path, {species: one.species, type: one.type}, 'exactly one of species and type');
    }
    if (one.type !== undefined && !(one.type in FUNCTIONAL_TYPES)) {
      say(`${path}/type`, one.type, `one of ${Object.keys(FUNCTIONAL_TYPES).join(', ')}`);
    }
    for (const [id, value] of Object.entries(one.values)) {
      const range = PARAMETER_RANGES[id as ParameterId] as readonly [number, number] | undefined;
      if (!range || !Object.hasOwn(PARAMETER_RANGES, id)) {
        say(
          `${path}/values/${id}`,
          value,
          `one of the parameters ${Object.keys(PARAMETER_RANGES).join(', ')}`,
        );
      } else if (!(value >= range[0] && value <= range[1])) {
        say(`${path}/values/${id}`, value, `a number from ${range[0]} to ${range[1]}`);
      }
    }
  });

  (scenario.operations ?? []).forEach((operation, k) => {
    const path = `/operations/${k}`;
    day(`${path}/date`, operation.date);
    const year = Number(operation.date.slice(0, 4));
    const until = operation.repeat?.untilYear;
    if (until !== undefined && until < year) say(`${path}/repeat/untilYear`, until, `a year from ${year} on`);
    if (
      operation.kind === 'plant' &&
      (operation.count === undefined) === (operation.spacingM === undefined)
    ) {
      say(path, {count: operation.count, spacingM: operation.spacingM}, 'exactly one of count and spacingM');
    }
    if (operation.kind === 'plant' && operation.place.trees) {
      say(`${path}/place/trees`, operation.place.trees.length, 'a zone or a polygon to plant in');
    }
    if (operation.kind === 'irrigate') {
      if (operation.untilYear !== undefined && operation.untilYear < year) {
        say(`${path}/untilYear`, operation.untilYear, `a year from ${year} on`);
      }
      if (operation.repeat)
        say(`${path}/repeat`, operation.repeat, 'nothing: irrigation lasts to untilYear by itself');
      if (operation.refillFraction <= 1 - operation.depletionFraction) {
        say(
          `${path}/refillFraction`,
          operation.refillFraction,
          `more than ${(1 - operation.depletionFraction).toFixed(3)}, which is left when watering begins`,
        );
      }
    }
  });
  return problems;
}

/** What a scenario says of species that must be in the archive. */
function speciesProblems(scenario: Scenario, known: ReadonlySet<string>): FieldProblem[] {
  return (scenario.parameters ?? []).flatMap(({species}, k) =>
    species === undefined || known.has(species)
      ? []
      : [
          fieldProblem(
            `/parameters/${k}/species`,
            species,
            `a species of the site's archive: ${listed([...known])}`,
          ),
        ],
  );
}

/**
 * Everything that is wrong with a scenario, at once; none: it can be run (its operations may still be impossible, see `planRun`).
 * `species`: ids of the site's archive, where they are at hand.
 */
export function checkScenario(
  value: unknown,
  of: {site?: string; species?: ReadonlySet<string>} = {},
): FieldProblem[] {
  const problems = fieldProblems(value);
  if (problems.length > 0) return problems;
  const scenario = value as Scenario;
  const more = crossProblems(scenario);
  if (of.species) more.push(...speciesProblems(scenario, of.species));
  if (of.site !== undefined && scenario.site !== of.site)
    more.push(fieldProblem('/site', scenario.site, JSON.stringify(of.site)));
  return more;
}

/** The line of a text, from 1, that an offset lies in. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The line of a field, or of what should hold it. */
function lineOf(text: string, root: Node, path: string): number {
  const segments = path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  for (let length = segments.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, segments.slice(0, length));
    if (node) return lineAt(text, node.offset);
  }
  return lineAt(text, root.offset);
}

/** A scenario from the text of its file, or everything that is wrong with it, each with its line. */
export function parseScenario(
  text: string,
  of: {site?: string; species?: ReadonlySet<string>} = {},
): {scenario: Scenario; problems: []} | {scenario: null; problems: FieldProblem[]} {
  if (text.length > LONGEST_SCENARIO_CHARACTERS) {
    const allowed = `a file of at most ${LONGEST_SCENARIO_CHARACTERS} characters`;
    return {scenario: null, problems: [fieldProblem('', `${text.length} characters`, allowed)]};
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, {disallowComments: true, allowTrailingComma: false});
  const first = errors[0];
  if (!root || first) {
    const line = lineAt(text, first?.offset ?? 0);
    const what = first ? printParseErrorCode(first.error) : 'nothing in it';
    const message = `the file is no JSON: ${what} in line ${line}`;
    return {scenario: null, problems: [{path: '', value: null, allowed: 'JSON', message, line}]};
  }
  const value: unknown = JSON.parse(text);
  const problems = checkScenario(value, of);
  if (problems.length === 0) return {scenario: value as Scenario, problems: []};
  return {
    scenario: null,
    problems: problems.map((problem) => ({...problem, line: lineOf(text, root, problem.path)})),
  };
}
