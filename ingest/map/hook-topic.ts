/** Before the name of a bridge, what stands for the topic of a payload that came to its route without one. */
export const HOOK_TOPIC = 'hooks/';

export function hookTopic(bridge: string): string {
  return `${HOOK_TOPIC}${bridge}`;
}
