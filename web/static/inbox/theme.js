// Before the first paint, so that the page never flashes in the other theme.
try {
  const theme = JSON.parse(localStorage.getItem("parley:theme"));
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be closed to us: the system's theme it is */ }
