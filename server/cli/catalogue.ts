import {CatalogueReportBody} from '../routes/catalogue-files.ts';
import {type CatalogueReport, problemLine} from '../things/own-catalogue.ts';
import {callApi} from './api-client.ts';
import {type Command, parse, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

export const catalogue: Command = {
  help: `eco catalogue reload [--json]

A site adds elements by \`elements.json\` in its folder and device models by \`models/*.json\`; the data folder may hold the
same. A running server looks at them every two seconds; \`reload\` does so at once and prints what was refused, with file,
line and reason. What is refused stays as it was. Exit 1 if anything is refused.

example:
  npm run eco -- catalogue reload`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {positionals: ['reload']});
    const [action] = parsed.positionals;
    if (action !== 'reload') throw new UsageError(`catalogue: expected reload, got ${action}`);
    const report = await onlineOrOffline<CatalogueReport>(parsed.settings, {
      online: (url) => callApi(url, 'POST', '/catalogue/reload', CatalogueReportBody),
      offline: ({catalogue: live}) => live.reload(),
    });
    if (parsed.json) io.out(JSON.stringify(report));
    else {
      const {elements, models, retired} = report;
      io.out(`elements  ${elements.join(', ') || 'none of its own'}`);
      io.out(`models    ${models.join(', ') || 'none of its own'}`);
      if (retired.length > 0) io.out(`retired   ${retired.join(', ')}`);
      for (const problem of report.problems) io.err(problemLine(problem));
    }
    return report.problems.length === 0 ? 0 : 1;
  },
};
