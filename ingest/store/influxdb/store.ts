import {EcoError, type StoreStats} from '#schemas';
import {EmbeddedStore, type StoreParts, type StoreState} from '../embedded/store.ts';
import type {Forwarder, ForwardStats} from './forwarder.ts';

/**
 * The store over InfluxDB: what is small, what is of the last days and what InfluxDB does not have yet lies in the local
 * database, and everything is sent on in order. Closed time is read from InfluxDB alone.
 */
export class InfluxStore extends EmbeddedStore {
  readonly #forwarder: Forwarder;

  constructor(parts: StoreParts, forwarder: Forwarder) {
    super(parts);
    this.#forwarder = forwarder;
  }

  /** How sending to InfluxDB goes. */
  forwarding(): ForwardStats {
    return this.#forwarder.stats();
  }

  override state(): StoreState {
    const own = super.state();
    const {state, sinceMs, message, waitingRows} = this.#forwarder.stats();
    if (own.state !== 'ok' || state === 'sending') return own;
    return {state: 'degraded', sinceMs, message: `${waitingRows} rows wait for InfluxDB: ${message}`};
  }

  override async stats(): Promise<StoreStats> {
    const {state, waitingRows, mostRows, sentRows, refusedRows, faults} = this.#forwarder.stats();
    const forwarding = {state, waitingRows, mostRows, sentRows, refusedRows, faults};
    return {...(await super.stats()), forwarding};
  }

  /** @throws {EcoError} `backup_unsupported`: closed time lies in InfluxDB, which has a backup of its own. */
  override backup(): Promise<never> {
    return Promise.reject(
      new EcoError(
        'backup_unsupported',
        'observations lie in InfluxDB: back it up with its own tool (influx backup), and stop this product to copy its data folder',
        409,
      ),
    );
  }

  /** Nothing is sent on any more either: the reports of it would be written. */
  override async endWriting(): Promise<void> {
    await this.#forwarder.close();
    await super.endWriting();
  }

  override async close(): Promise<void> {
    // First, since it hands its reports to the committer.
    await this.#forwarder.close();
    await super.close();
  }
}
