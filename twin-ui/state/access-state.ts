import {computed, signal} from '@preact/signals';
import {get} from '../api/client.ts';

const actions = signal<readonly string[]>([]);
let asked = false;

/** Whether the reader may judge and correct observations; until the server has said so, no. */
export const mayCorrect = computed(() => actions.value.includes('correct'));

/** Asks once what the reader may do. Where it cannot be told, nothing is offered. */
export async function loadAccess(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    actions.value = (await get('/access')).actions;
  } catch {
    // Reading goes on without the right to change; the next chart asks again.
    asked = false;
  }
}
