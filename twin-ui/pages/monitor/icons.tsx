/** Drawn here, so that nothing is fetched: one mark for each category, and the few that the page's buttons need. */
const PATHS: Record<string, string> = {
  mountain: 'M2 19 9 6l4 7 2-3 7 9z',
  water: 'M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z',
  soil: 'M3 8h18M5 13h4m3 0h7M3 18h7m4 0h5',
  air: 'M3 9h11a3 3 0 1 0-3-3M3 14h15a3 3 0 1 1-3 3M3 19h6',
  plant: 'M12 21v-9m0 0c0-4 3-7 8-7 0 5-3 8-8 7zm0 3c0-3-2-6-7-6 0 4 3 6 7 6z',
  animal: 'M3 13c3-1 4-4 8-4 3 0 4 2 7 2l3-1-2 4c-2 4-6 5-9 4l-3 3v-4c-2 0-3-2-4-4z',
  field:
    'M12 21V8m0 0c-3 0-4-2-4-5 3 0 4 2 4 5zm0 0c3 0 4-2 4-5-3 0-4 2-4 5zm0 6c-3 0-4-2-4-5 3 0 4 2 4 5zm0 0c3 0 4-2 4-5-3 0-4 2-4 5z',
  people: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 10c0-5 3-8 8-8s8 3 8 8',
  facility: 'M4 21V9l8-6 8 6v12M9 21v-7h6v7',
  event: 'M12 3 2 20h20zM12 10v4m0 3v.5',
  explore: 'M4 6h16M4 12h10M4 18h13',
  stations: 'M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12zm0-9a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  health: 'M3 13h4l2-6 4 11 2-5h6',
  about: 'M12 11v6m0-10v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  close: 'M6 6l12 12M18 6 6 18',
  home: 'M3 12 12 4l9 8M6 10v10h12V10',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  'step-back': 'M19 5 9 12l10 7zM6 5v14',
  'step-on': 'M5 5l10 7-10 7zM18 5v14',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3m0 14v3M2 12h3m14 0h3M5 5l2 2m10 10 2 2M5 19l2-2M17 7l2-2',
};

export function Icon({name, size = 18}: {name: string; size?: number}) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name] ?? PATHS['stations']!} />
    </svg>
  );
}
