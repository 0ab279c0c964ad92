import type {ComponentChildren} from 'preact';
import {useId, useState} from 'preact/hooks';
import {t} from '../text/index.ts';
import {Problem} from './asked.tsx';

type FieldProps = {label: string; hint?: string | undefined; children: (id: string) => ComponentChildren};

/** A field under its label; `children` gives the control the id. */
export function Field({label, hint, children}: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {hint !== undefined && <p class="fine">{hint}</p>}
    </div>
  );
}

type FormProps<T> = {
  label: string;
  send: string;
  /** Reads the fields and sends them; what it gives back is shown by `done`. */
  onSend(fields: FormData): Promise<T>;
  done?(result: T): ComponentChildren;
  /** What is sent takes something away. */
  danger?: boolean;
  /** Other things to do, beside the button. */
  beside?: ComponentChildren;
  children: ComponentChildren;
};

/** A form that says what came of it: that it is on its way, what the server refused, or what was done. */
export function Form<T>({label, send, onSend, done, danger, beside, children}: FormProps<T>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [result, setResult] = useState<T | null>(null);
  return (
    <form
      class="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        onSend(new FormData(event.currentTarget))
          .then(setResult, setError)
          .finally(() => setBusy(false));
      }}
    >
      {children}
      <div class="choose">
        <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>
          {busy ? t('form.busy') : send}
        </button>
        {beside}
      </div>
      {error && <Problem error={error} />}
      {result !== null && !error && done && <div role="status">{done(result)}</div>}
    </form>
  );
}

/** The text of a field; undefined if it is empty. */
export function textOf(fields: FormData, name: string): string | undefined {
  const text = String(fields.get(name) ?? '').trim();
  return text === '' ? undefined : text;
}

/** The number in a field; undefined if it is empty. */
export function numberOf(fields: FormData, name: string): number | undefined {
  const text = textOf(fields, name);
  return text === undefined ? undefined : Number(text);
}

/** Longitude and latitude, as `longitude` and `latitude`. */
export function PlaceFields(at: {longitudeDeg: number; latitudeDeg: number}) {
  return (
    <>
      {(
        [
          ['longitude', 180, at.longitudeDeg],
          ['latitude', 90, at.latitudeDeg],
        ] as const
      ).map(([name, most, deg]) => (
        <Field key={name} label={t(`form.${name}`)}>
          {(id) => (
            <input
              id={id}
              type="number"
              name={name}
              required
              step="any"
              min={-most}
              max={most}
              defaultValue={String(deg)}
            />
          )}
        </Field>
      ))}
    </>
  );
}
