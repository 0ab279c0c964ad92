import {symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {loadSites} from '../../../ingest/registry/index.ts';
import {device, SQUARE, siteFolder, siteJson, zone} from './site-folder.ts';

describe('loadSites', () => {
  it('gives site, zones, devices and gateways of a folder', async () => {
    const dir = await siteFolder('here', {
      'zones.geojson': {type: 'FeatureCollection', features: [zone('wood', SQUARE(10, 50, 1))]},
      'devices.json': {
        schemaVersion: 1,
        devices: [device('a-1', {zone: 'wood', gateway: 'hill'})],
        gateways: [{id: 'hill', name: {en: 'Hill', zh: '山'}, longitudeDeg: 10.5, latitudeDeg: 50.5}],
      },
    });
    const [site] = await loadSites(dir, ['here']);
    expect(site!.site.timeZone).toBe('Europe/Berlin');
    expect(site!.zones.map((feature) => feature.properties.id)).toEqual(['wood']);
    expect(site!.devices.map(({id}) => id)).toEqual(['a-1']);
    expect(site!.gateways.map(({id}) => id)).toEqual(['hill']);
    expect(await site!.surveys()).toBeNull();
  });

  const devicesOf = (...devices: unknown[]) => ({'devices.json': {schemaVersion: 1, devices}});
  it.each([
    [
      'a file that is not there',
      {'site.json': siteJson('here', {zones: 'nowhere.geojson'})},
      /nowhere\.geojson.*not there/,
    ],
    ['a file that is no JSON', {'devices.json': '{"schemaVersion": 1,'}, /devices\.json.*no JSON/],
    [
      'a field of the wrong kind',
      {'site.json': siteJson('here', {timeZone: 8})},
      /site\.json.*timeZone must be string/,
    ],
    [
      'a zone that is none',
      {'site.json': siteJson('here', {timeZone: 'Mars/Olympus'})},
      /timeZone: an IANA zone.*Mars\/Olympus/,
    ],
    [
      'an id that is not the folder',
      {'site.json': siteJson('there')},
      /id: the folder's name here was expected, got there/,
    ],
    [
      'a path instead of a file name',
      {'site.json': siteJson('here', {devices: '../x.json'})},
      /devices must match pattern/,
    ],
    [
      'an unknown field',
      {'site.json': {...siteJson('here'), colour: 'red'}},
      /additional properties \(colour\)/,
    ],
    ['a device twice', devicesOf(device('a-1'), device('a-1')), /the device a-1 stands there twice/],
    [
      'a device in no zone of the site',
      devicesOf(device('a-1', {zone: 'moor'})),
      /device a-1: its zone moor is no zone/,
    ],
    [
      'a device beside the globe',
      devicesOf({...device('a-1'), latitudeDeg: 91}),
      /devices\.0\.latitudeDeg must be <= 90/,
    ],
    [
      'a device of another site',
      devicesOf(device('a-1', {site: 'there'})),
      /site here was expected, got there/,
    ],
  ])('says what is wrong: %s', async (_name, files, message) => {
    const dir = await siteFolder('here', files as Record<string, unknown>);
    await expect(loadSites(dir, ['here'])).rejects.toThrow(message);
  });

  it('reads nothing outside the folder, not even through a link', async () => {
    const dir = await siteFolder('here', {'site.json': siteJson('here', {zones: 'link.json'})});
    await writeFile(join(dir, 'outside.json'), JSON.stringify({type: 'FeatureCollection', features: []}));
    await symlink(join(dir, 'outside.json'), join(dir, 'here', 'link.json'));
    await expect(loadSites(dir, ['here'])).rejects.toThrow(/leads outside the site's folder/);
  });

  it.each(['../here', 'a/b', '', '.', 'x'.repeat(65)])('takes no %j for a site', async (id) => {
    const dir = await siteFolder('here');
    await expect(loadSites(dir, [id])).rejects.toMatchObject({code: 'site_unknown'});
  });
});
