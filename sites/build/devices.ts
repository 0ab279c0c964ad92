import type {Device} from '#schemas';
import {accumulate, routeFlow} from './flow.ts';
import {type LocalFrame, type LonLat, type Point, roundDeg} from './geodesy.ts';
import {cellAt, forNeighbours, type Grid, pointOf, sample} from './grid.ts';
import {contains, distance, lengthM, pointAlong} from './lines.ts';
import {hash01} from './noise.ts';
import type {Polygon} from './outlines.ts';
import type {FleetPlace, FleetSeed, Name, Seed} from './seed.ts';
import {type Stream, surfaceOf} from './streams.ts';
import {distanceToMark, NONE, type Terrain} from './terrain.ts';
import type {LandCover} from './zones.ts';

export type Gateway = {
  id: string;
  name: Name;
  longitudeDeg: number;
  latitudeDeg: number;
  groundM: number;
  heightM: number;
};

type World = {
  seed: Seed;
  frame: LocalFrame;
  terrain: Terrain;
  landCover: LandCover;
  streams: Stream[];
  polygons: Map<string, Polygon[]>;
  datum: string;
};

/** One spot that a device can be set on: the zone to say, the water body, and what is particular to it. */
type Spot = {
  at: Point;
  label: Name;
  zone?: string;
  feature?: string;
  catchmentHa?: number;
  stream?: string;
  levelM?: number;
};

const APART_M = 8;
const cm = (metres: number) => Math.round(metres * 100) / 100;

/** Sets the seed's fleet on the finished ground, model by model, each device in its zone and 8 m or more from all others. */
export function setDevices(world: World): {devices: Device[]; gateways: Gateway[]} {
  const {seed, frame, terrain} = world;
  const gateways = seed.gateways.map(({id, name, place, heightM}) => {
    const spot = placeOf(world, place);
    const [longitudeDeg, latitudeDeg] = frame.toLonLat(spot);
    return {
      id,
      name,
      longitudeDeg: roundDeg(longitudeDeg),
      latitudeDeg: roundDeg(latitudeDeg),
      groundM: cm(sample(terrain.grid, terrain.heightM, spot)),
      heightM,
    };
  });
  const spots = new SpotFinder(world);
  const devices: Device[] = [];
  for (const fleet of seed.fleet) {
    let number = 0;
    for (const place of fleet.places) {
      const found = spots.find(fleet, place);
      if (found.length !== place.count)
        throw new Error(`${fleet.model} in ${place.zone}: ${found.length} spots for ${place.count}`);
      for (const spot of found) {
        number += 1;
        devices.push(deviceOf(world, {fleet, place, spot, number, gateways}));
      }
    }
  }
  return {devices, gateways};
}

function placeOf({seed, frame}: World, id: string): Point {
  const place = seed.paths.places.find((p) => p.id === id);
  if (!place) throw new Error(`${id} is no place of the seed`);
  return frame.toLocal([place.longitudeDeg, place.latitudeDeg]);
}

function deviceOf(
  world: World,
  {
    fleet,
    place,
    spot,
    number,
    gateways,
  }: {fleet: FleetSeed; place: FleetPlace; spot: Spot; number: number; gateways: Gateway[]},
): Device {
  const {seed, frame, terrain} = world;
  const [lon, lat] = frame.toLonLat(spot.at);
  const longitudeDeg = roundDeg(lon);
  const latitudeDeg = roundDeg(lat);
  const groundM = cm(sample(terrain.grid, terrain.heightM, frame.toLocal([longitudeDeg, latitudeDeg])));
  const feature = spot.feature ?? place.feature;
  return {
    id: `${fleet.model.toLowerCase()}-${String(number).padStart(2, '0')}`,
    model: fleet.model,
    name: {en: `${fleet.name.en}, ${spot.label.en}`, zh: `${fleet.name.zh}·${spot.label.zh}`},
    zone: spot.zone ?? place.zone,
    ...(feature === undefined ? {} : {feature}),
    longitudeDeg,
    latitudeDeg,
    groundM,
    ...(fleet.heightM === undefined ? {} : {heightM: fleet.heightM}),
    ...(place.role === undefined ? {} : {role: place.role}),
    ...(fleet.lorawan ? {gateway: nearestGateway(world, spot.at, fleet.heightM ?? 1, gateways)} : {}),
    origin: 'virtual',
    ...waterFields(seed, world.datum, {fleet, place, spot, groundM}),
    ...(place.each === 'paddy' ? {designDepthCm: seed.levels.paddyDesignDepthCm} : {}),
    ...(place.countsDirection === undefined ? {} : {countsDirection: place.countsDirection}),
  };
}

/** Levels, limits and catchment of what measures level or flow; nothing for the rest. */
function waterFields(
  {levels}: Seed,
  datum: string,
  {fleet, place, spot, groundM}: {fleet: FleetSeed; place: FleetPlace; spot: Spot; groundM: number},
): Partial<Device> {
  const measuresWater = fleet.model === 'D01' || fleet.model === 'D02';
  if (!measuresWater) return {};
  const hydraulics =
    spot.catchmentHa === undefined
      ? {}
      : {hydraulics: {catchmentHa: spot.catchmentHa, ...(spot.stream ? {stream: spot.stream} : {})}};
  if (place.role === 'river' || place.role === 'drawdown') {
    const {riverSuspectRangeM, riverReason, riverWarningM, riverGuaranteeM} = levels;
    return {
      limits: {water_level: {suspectRange: riverSuspectRangeM, reason: riverReason}},
      levels: {
        verticalDatum: datum,
        ...(place.role === 'river' ? {warningLevelM: riverWarningM, guaranteeLevelM: riverGuaranteeM} : {}),
      },
      ...hydraulics,
    };
  }
  const normalLevelM = cm(spot.levelM ?? groundM + levels.streamNormalDepthM);
  const bankfullM = cm(
    normalLevelM + (spot.levelM === undefined ? levels.streamBankfullM : levels.lakeBankfullM),
  );
  const [below, above] = levels.waterSuspectM;
  return {
    limits: {
      water_level: {
        suspectRange: [cm(normalLevelM + below), cm(normalLevelM + above)],
        reason: levels.waterReason,
      },
    },
    levels: {normalLevelM, bankfullM, verticalDatum: datum},
    ...hydraulics,
  };
}

/** The nearest gateway that the ground does not hide, else the nearest. */
function nearestGateway({frame, terrain}: World, at: Point, heightM: number, gateways: Gateway[]): string {
  const {grid} = terrain;
  const from = sample(grid, terrain.heightM, at) + heightM;
  const ranked = gateways
    .map((gateway) => {
      const there = frame.toLocal([gateway.longitudeDeg, gateway.latitudeDeg]);
      const top = gateway.groundM + gateway.heightM;
      const awayM = distance(at, there);
      const steps = Math.ceil(awayM / 20);
      const hidden = Array.from({length: Math.max(0, steps - 1)}, (_, i) => (i + 1) / steps).some((share) => {
        const p = {
          eastM: at.eastM + (there.eastM - at.eastM) * share,
          northM: at.northM + (there.northM - at.northM) * share,
        };
        return sample(grid, terrain.heightM, p) > from + (top - from) * share;
      });
      return {id: gateway.id, awayM, hidden};
    })
    .sort((a, b) => Number(a.hidden) - Number(b.hidden) || a.awayM - b.awayM);
  return ranked[0]!.id;
}

class SpotFinder {
  private readonly taken: Point[] = [];
  private readonly insideM: Float64Array;
  private readonly area: Float64Array;
  private readonly grid: Grid;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    const {terrain, landCover, seed} = world;
    this.grid = terrain.grid;
    this.insideM = distanceToBorder(terrain.grid, landCover.cover);
    const {upperM} = terrain;
    this.area = accumulate(routeFlow(terrain.grid, surfaceOf(seed, terrain), (cell) => upperM[cell]! > 0));
  }

  find(fleet: FleetSeed, place: FleetPlace): Spot[] {
    const {seed, streams, frame} = this.world;
    switch (place.each) {
      case 'lake':
        return seed.lakes.map((_lake, i) => this.inLake(i, 7, place.role ?? ''));
      case 'lake_centre':
        return seed.lakes.map((_lake, i) => this.inLake(i, Infinity, ''));
      case 'lake_edge':
        return [
          this.inLake(
            seed.lakes.findIndex((lake) => lake.id === place.feature),
            9,
            fleet.model,
          ),
        ];
      case 'lake_outlet':
        return streams
          .filter((s) => s.from !== undefined)
          .slice(0, place.count)
          .map((s) => this.atOutlet(s));
      case 'stream_mouth':
        return streams.map((s) => this.onStream(s, lengthM(s.line) - 14, -1, false));
      case 'stream_pair':
        return streams.flatMap((s) => {
          const dryM = this.dryLength(s);
          return [this.onStream(s, dryM * 0.38, 1, true), this.onStream(s, dryM * 0.82, -1, true)];
        });
      case 'longest_stream': {
        const longest = streams.reduce((a, b) => (b.lengthM > a.lengthM ? b : a));
        return [this.onStream(longest, this.dryLength(longest) * 0.62, 1, true)];
      }
      case 'paddy':
        return this.inPaddies(place.count);
      default:
    }
    if (place.at) {
      return place.at.map(([label, lon, lat]) => {
        const zone = this.zoneName(place.zone);
        const name = label ? {en: `${zone.en} ${label}`, zh: `${zone.zh}${label}`} : zone;
        return {at: this.nearest(place.zone, frame.toLocal([lon, lat] satisfies LonLat), false), label: name};
      });
    }
    if (place.place ?? place.near) {
      const target = place.place ? placeOf(this.world, place.place) : frame.toLocal(place.near!);
      const named =
        seed.paths.places.find((p) => p.id === place.place)?.name ??
        this.zoneName(place.feature ?? place.zone);
      const turn = place.countsDirection;
      const label = turn
        ? {en: `${named.en} ${turn}`, zh: `${named.zh}${turn === 'in' ? '进' : '出'}`}
        : named;
      return Array.from({length: place.count}, () => ({at: this.nearest(place.zone, target, true), label}));
    }
    return this.spread(fleet, place);
  }

  private zoneName(id: string): Name {
    const zone = this.world.seed.zones.find((z) => z.id === id);
    if (!zone) throw new Error(`zone ${id} is not in the seed`);
    return zone.name;
  }

  private take(at: Point): Point {
    this.taken.push(at);
    return at;
  }

  private free(at: Point): boolean {
    return this.taken.every((other) => distance(other, at) >= APART_M + 0.5);
  }

  private cellsOf(zone: string): number[] {
    const index = this.world.seed.zones.findIndex((z) => z.id === zone);
    const cells: number[] = [];
    this.world.landCover.cover.forEach((klass, cell) => {
      if (klass === index) cells.push(cell);
    });
    return cells;
  }

  private usable(zone: string, cell: number, dry: boolean): boolean {
    const at = pointOf(this.grid, cell);
    const high = !dry || this.world.terrain.heightM[cell]! >= this.world.seed.levels.dryAboveM + 0.1;
    return high && this.inPolygon(zone, at) && this.free(at);
  }

  private inPolygon(zone: string, at: Point): boolean {
    const polygons = this.world.polygons.get(zone) ?? [];
    return polygons.some(
      ([outer, ...holes]) => contains(outer!, at) && !holes.some((hole) => contains(hole, at)),
    );
  }

  /** The usable cell nearest to a point, well inside its zone where the zone is wide enough. */
  private nearest(zone: string, target: Point, dry: boolean): Point {
    const ranked = this.cellsOf(zone)
      .map((cell) => ({
        cell,
        score: distance(pointOf(this.grid, cell), target) + 3 * Math.max(0, 10 - this.insideM[cell]!),
      }))
      .sort((a, b) => a.score - b.score);
    const found = ranked.find(({cell}) => this.usable(zone, cell, dry));
    if (!found) throw new Error(`no room in ${zone}`);
    return this.take(pointOf(this.grid, found.cell));
  }

  /** Spots far from one another and from those of the same model before. */
  private readonly byModel = new Map<string, Point[]>();

  private spread(fleet: FleetSeed, place: FleetPlace): Spot[] {
    const cells = this.cellsOf(place.zone);
    const wide = cells.filter((cell) => this.insideM[cell]! >= 10);
    const pool = wide.length > 40 ? wide : cells;
    const before = this.byModel.get(fleet.model) ?? [];
    this.byModel.set(fleet.model, before);
    const salt = Number(fleet.model.replace(/\D/g, ''));
    const zone = this.zoneName(place.zone);
    return Array.from({length: place.count}, (_, n) => {
      let best = -1;
      let bestScore = -1;
      for (let k = 0; k < 260; k++) {
        const cell =
          pool[
            Math.floor(hash01(this.world.seed.randomSeed + salt, n * 1000 + k, pool.length) * pool.length)
          ]!;
        if (!this.usable(place.zone, cell, true)) continue;
        const at = pointOf(this.grid, cell);
        const apartM = Math.min(900, ...before.map((p) => distance(p, at)));
        const score = apartM * (0.75 + 0.25 * hash01(salt, cell, n));
        if (score > bestScore) {
          best = cell;
          bestScore = score;
        }
      }
      if (best < 0) throw new Error(`no room for ${fleet.model} in ${place.zone}`);
      const at = this.take(pointOf(this.grid, best));
      before.push(at);
      const label = place.count === 1 ? zone : {en: `${zone.en} ${n + 1}`, zh: `${zone.zh}${n + 1}`};
      return {at, label};
    });
  }

  /** In a lake: as far from its shore as `offshoreM`, or in its middle. */
  private inLake(index: number, offshoreM: number, salt: string): Spot {
    const {seed, terrain} = this.world;
    const lake = seed.lakes[index]!;
    let best = -1;
    let bestScore = Infinity;
    terrain.lake.forEach((k, cell) => {
      if (k !== index || !this.usable(lake.id, cell, false)) return;
      const turn = hash01(seed.randomSeed + salt.length + salt.charCodeAt(salt.length - 1), cell, 7);
      const score =
        offshoreM === Infinity ? -this.insideM[cell]! : Math.abs(this.insideM[cell]! - offshoreM) + turn;
      if (score < bestScore) {
        best = cell;
        bestScore = score;
      }
    });
    if (best < 0) throw new Error(`no room in ${lake.id}`);
    return {
      at: this.take(pointOf(this.grid, best)),
      label: lake.name,
      zone: lake.id,
      feature: lake.id,
      levelM: lake.levelM,
    };
  }

  /** Length of a stream down to where its bed comes below the level that floods. */
  private dryLength(stream: Stream): number {
    const {terrain, seed} = this.world;
    const total = lengthM(stream.line);
    for (let along = 5; along < total; along += 5) {
      const bed = sample(this.grid, terrain.heightM, pointAlong(stream.line, along));
      if (bed < seed.levels.dryAboveM + 0.1) return along - 5;
    }
    return total;
  }

  /** On a stream, at `alongM` or the next spot up (-1) or down (1) of it that lies in the stream's zone and is free. */
  private onStream(stream: Stream, alongM: number, way: 1 | -1, dry: boolean): Spot {
    const total = lengthM(stream.line);
    for (const direction of [way, -way]) {
      for (let along = alongM; along > 2 && along < total - 2; along += direction * 2.5) {
        const at = pointAlong(stream.line, along);
        const bed = sample(this.grid, this.world.terrain.heightM, at);
        if (dry && bed < this.world.seed.levels.dryAboveM + 0.1) continue;
        if (!this.inPolygon('stream', at) || !this.free(at)) continue;
        const name = {
          en: this.world.seed.streams.name.en.replace('{n}', stream.id.slice(1)),
          zh: this.world.seed.streams.name.zh.replace('{n}', stream.id.slice(1)),
        };
        const part = dry
          ? along < total * 0.55
            ? {en: 'upper', zh: '上游'}
            : {en: 'lower', zh: '下游'}
          : {en: 'mouth', zh: '河口'};
        return {
          at: this.take(at),
          label: {en: `${name.en} ${part.en}`, zh: `${name.zh}${part.zh}`},
          feature: stream.id,
          catchmentHa: this.catchmentHa(at),
          stream: stream.id,
        };
      }
    }
    throw new Error(`no room on ${stream.id}`);
  }

  private atOutlet(stream: Stream): Spot {
    const lake = this.world.seed.lakes.find((l) => l.id === stream.from)!;
    const spot = this.onStream(stream, 8, 1, true);
    return {
      ...spot,
      label: {en: `${lake.name.en} outlet`, zh: `${lake.name.zh}出口`},
      feature: lake.id,
      levelM: lake.levelM,
    };
  }

  /** Area that drains to a point, in hectares: the most of the cell and its neighbours. */
  private catchmentHa(at: Point): number {
    const cell = cellAt(this.grid, at);
    let most = this.area[cell]!;
    forNeighbours(this.grid, cell, (next) => {
      if (this.world.terrain.lake[next] === NONE) most = Math.max(most, this.area[next]!);
    });
    return cm((most * this.grid.stepM ** 2) / 10_000);
  }

  /** One spot in the middle of each of some paddies, spread over all of them by size. */
  private inPaddies(count: number): Spot[] {
    const plots = new Map<number, number[]>();
    this.world.landCover.paddy.forEach((number, cell) => {
      if (number >= 0) plots.set(number, [...(plots.get(number) ?? []), cell]);
    });
    const ranked = [...plots.values()].filter((cells) => cells.length >= 24);
    const zone = this.zoneName('paddy_field');
    const chosen: Spot[] = [];
    const middles = ranked.map((cells) =>
      cells.reduce((a, b) => (this.insideM[b]! > this.insideM[a]! ? b : a)),
    );
    while (chosen.length < count) {
      let best = -1;
      let bestM = -1;
      for (const cell of middles) {
        if (!this.usable('paddy_field', cell, true)) continue;
        const at = pointOf(this.grid, cell);
        const apartM = Math.min(2000, ...chosen.map((spot) => distance(spot.at, at)));
        if (apartM > bestM) {
          best = cell;
          bestM = apartM;
        }
      }
      if (best < 0) throw new Error('not enough paddies');
      const n = chosen.length + 1;
      chosen.push({
        at: this.take(pointOf(this.grid, best)),
        label: {en: `${zone.en} ${n}`, zh: `${zone.zh}${n}`},
      });
    }
    return chosen;
  }
}

/** Distance in metres from each cell to the nearest cell of another class. */
function distanceToBorder(grid: Grid, klass: Uint8Array): Float64Array {
  const border = new Uint8Array(klass.length).fill(NONE);
  klass.forEach((k, cell) => {
    forNeighbours(grid, cell, (next) => {
      if (klass[next] !== k) border[cell] = 0;
    });
  });
  return distanceToMark(grid, border).distanceM.map((value) => value + grid.stepM / 2);
}
