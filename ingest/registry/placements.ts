import type {Calibration, Device, DocumentStore, Placement} from '#schemas';

const PLACEMENTS = 'placement';
const CALIBRATIONS = 'calibration';

type PlacementDocument = {schemaVersion: 1; device: string; placements: Placement[]};
type CalibrationDocument = {schemaVersion: 1; device: string; calibrations: Calibration[]};
type Entry = {collection: string; id: string; value: unknown};

/** Where devices stood from when on, and when they were calibrated; one document of each kind for a device. */
export type PlacementTable = {
  placements(device: Device): readonly Placement[];
  calibrations(device: string): readonly Calibration[];
  placementsEntry(device: string, placements: readonly Placement[]): Entry;
  calibrationsEntry(device: string, calibrations: readonly Calibration[]): Entry;
  /** Takes in what one of these entries says, once it is durable. */
  keep(entry: Entry): void;
  /** Documents of a device that is removed; call `forget` once they are gone. */
  entriesOf(device: string): {collection: string; id: string}[];
  forget(device: string): void;
};

/** The place that a device was added with: since ever. */
export function firstPlacement(device: Device): Placement {
  return {
    fromMs: null,
    station: device.station ?? device.id,
    longitudeDeg: device.longitudeDeg,
    latitudeDeg: device.latitudeDeg,
    groundM: device.groundM ?? null,
    heightM: device.heightM ?? null,
    reason: null,
    saidMs: null,
  };
}

/** The placement at a time and when the next begins (null: none follows); undefined before the first. */
export function placementAt(
  placements: readonly Placement[],
  timeMs: number,
): {placement: Placement; toMs: number | null} | undefined {
  for (let i = placements.length - 1; i >= 0; i--) {
    const placement = placements[i]!;
    if (placement.fromMs === null || placement.fromMs <= timeMs) {
      return {placement, toMs: placements[i + 1]?.fromMs ?? null};
    }
  }
  return undefined;
}

export function createPlacementTable(documents: DocumentStore): PlacementTable {
  const placements = new Map<string, readonly Placement[]>();
  const calibrations = new Map<string, readonly Calibration[]>();
  function keep({collection, value}: Entry): void {
    if (collection === PLACEMENTS) {
      const document = value as PlacementDocument;
      placements.set(document.device, document.placements);
    } else if (collection === CALIBRATIONS) {
      const document = value as CalibrationDocument;
      calibrations.set(document.device, document.calibrations);
    }
  }
  for (const collection of [PLACEMENTS, CALIBRATIONS]) {
    for (const value of documents.all<unknown>(collection)) keep({collection, id: '', value});
  }
  return {
    placements: (device) => placements.get(device.id) ?? [firstPlacement(device)],
    calibrations: (device) => calibrations.get(device) ?? [],
    placementsEntry: (device, list) => {
      const value: PlacementDocument = {schemaVersion: 1, device, placements: [...list]};
      return {collection: PLACEMENTS, id: device, value};
    },
    calibrationsEntry: (device, list) => {
      const value: CalibrationDocument = {schemaVersion: 1, device, calibrations: [...list]};
      return {collection: CALIBRATIONS, id: device, value};
    },
    keep,
    entriesOf: (device) => [
      ...(placements.has(device) ? [{collection: PLACEMENTS, id: device}] : []),
      ...(calibrations.has(device) ? [{collection: CALIBRATIONS, id: device}] : []),
    ],
    forget: (device) => {
      placements.delete(device);
      calibrations.delete(device);
    },
  };
}
