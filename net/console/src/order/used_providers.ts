// Ids of shipping providers that were used in this browser: the engine does not list them yet.

const providersKey = "orderly.providers";
const mostProviders = 6;

/** Ids of shipping providers, the last used first. */
export function usedProviders(stored: string | null): string[] {
  return (stored ?? "").split(" ").filter((id) => /^\d{1,64}$/.test(id));
}

export function rememberProvider(id: string): void {
  const used = usedProviders(localStorage.getItem(providersKey)).filter((each) => each !== id);
  localStorage.setItem(providersKey, [id, ...used].slice(0, mostProviders).join(" "));
}

export const recallProviders = (): string[] => usedProviders(localStorage.getItem(providersKey));
