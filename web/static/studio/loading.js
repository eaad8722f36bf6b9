// What a tab shows comes from the API and is asked for again after each change.
import { useCallback, useEffect, useState } from "preact/hooks";
import { get } from "../inbox/api.js";

/** `{data, error, reload}` of an address of the studio's API. What was there stays while it is asked for again. */
export function useData(path) {
  const [held, set] = useState({ data: null, error: null });
  const reload = useCallback(async () => {
    try {
      const data = await get(`/studio${path}`);
      set({ data, error: null, path });
      return data;
    } catch (error) {
      set((before) => ({ ...before, error, path }));
      return null;
    }
  }, [path]);
  useEffect(() => { reload(); }, [path]);
  const fresh = held.path === path;
  return { data: fresh ? held.data : null, error: fresh ? held.error : null, reload };
}
