import {describe, expect, it} from 'vitest';
import {pointInPolygon} from '#model';

const square = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
  [0, 0],
];
const hole = [
  [4, 4],
  [4, 6],
  [6, 6],
  [6, 4],
  [4, 4],
];

describe('pointInPolygon', () => {
  it.each([
    {x: 5, y: 1, inside: true},
    {x: 5, y: 5, inside: false},
    {x: 3.99, y: 5, inside: true},
    {x: 11, y: 5, inside: false},
    {x: -0.001, y: 5, inside: false},
    {x: 5, y: 10.001, inside: false},
  ])('($x, $y) in a square with a hole: $inside', ({x, y, inside}) => {
    expect(pointInPolygon(x, y, {type: 'Polygon', coordinates: [square, hole]})).toBe(inside);
  });

  it('knows several polygons, concave ones and unclosed rings', () => {
    const far = square.map(([x, y]) => [x! + 20, y!]);
    const both = {type: 'MultiPolygon', coordinates: [[square], [far]]} as const;
    expect(pointInPolygon(25, 5, both)).toBe(true);
    expect(pointInPolygon(15, 5, both)).toBe(false);
    const bay = [
      [0, 0],
      [10, 0],
      [10, 10],
      [5, 2],
      [0, 10],
    ];
    expect(pointInPolygon(5, 5, {type: 'Polygon', coordinates: [bay]})).toBe(false);
    expect(pointInPolygon(9, 5, {type: 'Polygon', coordinates: [bay]})).toBe(true);
  });

  it('puts a point on a shared edge into exactly one of two neighbours', () => {
    const right = square.map(([x, y]) => [x! + 10, y!]);
    const above = square.map(([x, y]) => [x!, y! + 10]);
    for (const [x, y, other] of [
      [10, 5, right],
      [5, 10, above],
    ] as const) {
      const hits = [square, other].filter((ring) =>
        pointInPolygon(x, y, {type: 'Polygon', coordinates: [ring]}),
      );
      expect(hits).toHaveLength(1);
    }
  });
});
