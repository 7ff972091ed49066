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
  // A number cell or box drops 亿 and 万 without a word, and 10亿 becomes 10: say so beside it.
  const box = "#portal, [data-testid=stNumberInput]";
  const unitSaid = event => {
    const text = event.type === "paste" ? event.clipboardData && event.clipboardData.getData("text") : event.data;
    if (!(event.target instanceof HTMLInputElement) || !event.target.closest(box) || !/[亿万元]/.test(text || "")) return;
    const place = event.target.getBoundingClientRect(), note = document.createElement("div");
    note.className = "unit-note";
    note.setAttribute("role", "alert");
    note.textContent = window.fundoptSpeak === "en" ? "Digits only, in the unit shown; 亿 and 万 are not read" : "只填数字，按页面上的单位；“亿”“万”不会读入";
    Object.assign(note.style, { left: `${place.left}px`, top: `${place.bottom + 6}px` });
    document.querySelectorAll(".unit-note").forEach(old => old.remove());
    document.body.append(note);
    setTimeout(() => note.remove(), 6000);
  };
  for (const kind of ["beforeinput", "compositionend", "paste"]) document.addEventListener(kind, unitSaid, true);
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
