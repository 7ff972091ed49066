<script>
// A cell typed in a grid reaches the page a moment after it is left. A button pressed in that moment waits for it.
(() => {
  if (window.fundoptTyping) return;
  window.fundoptTyping = true;
  const SETTLED = 500;
  let touched = -SETTLED;
  const grid = "[data-testid=stDataFrame], #portal";
  const typing = () => document.querySelector("#portal :is(input, textarea)") !== null;
  const inGrid = event => event.target instanceof Element && event.target.closest(grid) !== null;
  const note = event => { if (inGrid(event) || typing()) touched = performance.now(); };
  for (const kind of ["pointerdown", "keydown", "paste"]) document.addEventListener(kind, note, true);
  let passed = null;
  document.addEventListener("click", event => {
    const button = event.target instanceof Element ? event.target.closest("[data-testid=stMain] button, [data-testid=stSidebar] button, [data-testid=stMain] a, [data-testid=stSidebar] a") : null;
    if (button === null || inGrid(event)) return;
    if (passed === button) { passed = null; return; }
    const left = touched + SETTLED - performance.now();
    if (left <= 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => { if (button.isConnected) { passed = button; button.click(); passed = null; } }, left);
  }, true);
})();
</script>
