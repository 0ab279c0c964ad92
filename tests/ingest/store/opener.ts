/** A process that opens the store of the folder named and keeps it. */
import {openEmbeddedStore} from '../../../ingest/store/index.ts';

await openEmbeddedStore({folder: process.argv[2]!, seriesInfo: () => undefined});
process.stdout.write('open\n');
