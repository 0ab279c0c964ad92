/** Words of the page `/data` in English. */
export const en = {
  title: 'Data',
  'view.nav': 'Parts of this page',
  'view.elements': 'Elements',
  'table.search': 'Search',
  'table.found': '{shown} of {all}',
  'table.none': 'Nothing matches. Search for less, or clear the search.',
  'table.clear': 'Clear',
  'table.page': '{from}–{to} of {all}',
  'table.previous': 'Previous',
  'table.next': 'Next',
  'table.pages': 'Pages of the list',
  'table.sort': 'Sort by {column}',
  'element.lead':
    'What can be measured here: {core} elements of the catalogue in {categories} categories, and {own} of this site’s own.',
  'element.name': 'Element',
  'element.category': 'Category',
  'element.unit': 'Unit',
  'element.limits': 'Physical limits',
  'element.usual': 'Usual here',
  'element.interval': 'Interval',
  'element.series': 'Series',
  'element.own': 'own',
  'element.twin': 'Show on the twin',
} as const;

export type DataTextKey = keyof typeof en;
