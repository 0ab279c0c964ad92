import {EnuFrame} from '#model';
import type {Site} from '#schemas';
import type {Archive} from '../archive.ts';
import {shown} from '../table.ts';
import type {Point} from './guess-map.ts';
import type {RowTree} from './read-row.ts';
import {RowRejected} from './rejection.ts';

/** Trees of one species closer than this, m, are one tree. */
const SAME_PLACE_M = 0.05;

type Placed = {id: number; species: string; eastM: number; northM: number};

/** Places by squares, so that a near tree is found without looking at all of them. */
class Places {
  private readonly squares = new Map<string, Placed[]>();

  add(tree: Placed): void {
    const key = this.key(tree, 0, 0);
    const at = this.squares.get(key);
    if (at) at.push(tree);
    else this.squares.set(key, [tree]);
  }

  find(tree: Omit<Placed, 'id'>): number | undefined {
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const {id, species, eastM, northM} of this.squares.get(this.key(tree, dx, dy)) ?? [])
          if (species === tree.species && Math.hypot(tree.eastM - eastM, tree.northM - northM) < SAME_PLACE_M)
            return id;
      }
    }
    return undefined;
  }

  private key({eastM, northM}: Omit<Placed, 'id' | 'species'>, dx: number, dy: number): string {
    return `${Math.floor(eastM / SAME_PLACE_M) + dx}/${Math.floor(northM / SAME_PLACE_M) + dy}`;
  }
}

type Met = {id: number; tag: string; outcome: 'new' | 'measured' | 'unchanged'};

/** Which tree a row is: the archive's trees, and those that earlier rows of the file told of. */
export class KnownTrees {
  private readonly archive: Archive;
  private readonly frame: EnuFrame;
  private readonly byTag = new Map<string, number>();
  private readonly rowOf = new Map<number, number>();
  private readonly places = new Places();
  private readonly tagOfNew = new Map<number, string>();
  private readonly placeOfNew = new Map<number, Point>();
  /** `id/day` of what the file has told already. */
  private readonly told = new Set<string>();
  private nextId: number;

  constructor(site: Site, archive: Archive) {
    this.archive = archive;
    this.frame = new EnuFrame({...site.origin, heightM: 0});
    this.nextId = archive.nextId;
    const {trees, species} = archive;
    for (let i = 0; i < trees.count; i++) {
      // A made-up tree is nobody's tree: its number is not what stands on a plate.
      if (trees.synthetic[i]) continue;
      const id = trees.id[i]!;
      this.rowOf.set(id, i);
      this.byTag.set(trees.tag[i]!, id);
      const [eastM, northM] = [trees.eastM[i]!, trees.northM[i]!];
      this.places.add({id, species: species[trees.species[i]!]!.id, eastM, northM});
    }
  }

  /** Where the tree of this tag stands; undefined: no such tree. */
  placeOf(tag: string): Point | undefined {
    const id = tag === '' ? undefined : this.byTag.get(tag);
    if (id === undefined) return undefined;
    const {longitudeDeg, latitudeDeg} = this.archive.trees;
    const row = this.rowOf.get(id);
    if (row === undefined) return this.placeOfNew.get(id);
    return {longitudeDeg: longitudeDeg[row]!, latitudeDeg: latitudeDeg[row]!};
  }

  /** The tree of a row, with a number and a tag if it is new. @throws {RowRejected} `duplicate_tag`, `duplicate_place`. */
  meet(row: RowTree, place: Point): Met {
    const {tag, measured} = row;
    const {eastM, northM} = this.frame.toEnu({...place, heightM: 0});
    const tagged = tag === '' ? undefined : this.byTag.get(tag);
    const there = tagged ?? this.places.find({species: row.species.id, eastM, northM});
    // a tree without a plate has its number for a tag, and may be given one
    if (tagged === undefined && tag !== '' && there !== undefined && this.tagOf(there) !== `${there}`) {
      throw new RowRejected(
        'duplicate_place',
        `a tree of its own was expected, ${shown(this.tagOf(there))} of this species stands there`,
      );
    }
    const id = there ?? this.nextId;
    if (this.told.has(`${id}/${measured}`)) {
      throw tag === ''
        ? new RowRejected(
            'duplicate_place',
            'a tree of its own was expected, one of this species stands there',
          )
        : new RowRejected(
            'duplicate_tag',
            `a tag of its own was expected, ${shown(tag)} is in the file already`,
          );
    }
    this.told.add(`${id}/${measured}`);
    if (there === undefined) {
      this.nextId += 1;
      const given = tag === '' ? `${id}` : tag;
      this.tagOfNew.set(id, given);
      this.placeOfNew.set(id, place);
      if (tag !== '') this.byTag.set(tag, id);
      this.places.add({id, species: row.species.id, eastM, northM});
      return {id, tag: given, outcome: 'new'};
    }
    return {
      id,
      tag: tag === '' ? this.tagOf(id) : tag,
      outcome: this.isTold(id, row) ? 'unchanged' : 'measured',
    };
  }

  private tagOf(id: number): string {
    return this.tagOfNew.get(id) ?? this.archive.trees.tag[this.rowOf.get(id)!]!;
  }

  /** Whether the archive has this measurement; one without a day is the same if it has the same diameter. */
  private isTold(id: number, {dbhCm, measured, isDated}: RowTree): boolean {
    const {history, trees} = this.archive;
    const row = this.rowOf.get(id);
    const now = row === undefined ? [] : [{measured: trees.measured[row]!, dbhCm: trees.dbhCm[row]!}];
    return (history.get(id) ?? now).some(
      (one) => one.dbhCm === dbhCm && (!isDated || one.measured === measured),
    );
  }
}
