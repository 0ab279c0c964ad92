/** One uplink of a virtual device, ready to publish. Its payload is CONTRACT's: one envelope or an array of them. */
export type FleetMessage = {
  device: string;
  topic: string;
  payload: string;
  /** The instant of the schedule that it belongs to. */
  dueMs: number;
  /** When the device sends it: at its due instant and a little later, or after an outage (back-fill). */
  sentMs: number;
};
