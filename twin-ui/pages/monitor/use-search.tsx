import {useState} from 'preact/hooks';

/** A field to search a panel by, and what it holds, in small letters. */
export function useSearch(label: string) {
  const [search, setSearch] = useState('');
  const field = (
    <input
      type="search"
      value={search}
      placeholder={label}
      aria-label={label}
      onInput={(event) => setSearch(event.currentTarget.value)}
    />
  );
  return {field, wanted: search.trim().toLowerCase()};
}
