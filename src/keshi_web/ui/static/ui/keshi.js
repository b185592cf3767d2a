// What pages do beyond plain HTML. Every page works without this file; nothing here decides anything.
"use strict";
document.documentElement.classList.add("js");

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const english = () => document.documentElement.lang === "en";

  // Menus of the header: one open at a time, closed by Escape or a click elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of all(":is(details.ks-menu, details.ks-nav-group)[open]")) if (!menu.contains(event.target)) menu.open = false;
    const more = event.target.closest("[data-more-filters]");
    if (more) more.setAttribute("aria-expanded", String(more.closest("form").classList.toggle("ks-open")));
    const burger = event.target.closest("[data-toggle-menu]");
    if (burger) {
      const open = document.getElementById(burger.getAttribute("aria-controls")).classList.toggle("ks-open");
      burger.setAttribute("aria-expanded", String(open));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(":is(details.ks-menu, details.ks-nav-group)[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A confirmation opens as a native dialog instead of unfolding in the page.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("details.ks-confirm > summary");
    if (summary) {
      event.preventDefault();
      openDialog(summary);
      return;
    }
    const close = event.target.closest("dialog [data-close]");
    if (close) close.closest("dialog").close();
  });

  function openDialog(summary) {
    const box = summary.parentElement.querySelector(".ks-confirm-box");
    const dialog = document.createElement("dialog");
    dialog.className = "ks-dialog";
    dialog.setAttribute("aria-labelledby", box.querySelector(".ks-confirm-title").id);
    dialog.append(...box.childNodes);
    dialog.addEventListener("close", () => {
      box.append(...dialog.childNodes);
      dialog.remove();
      summary.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  // A part that cannot be exchanged, because the session ended (the answer came from another address) or the server
  // refused, is asked for as a whole page, which says what to do.
  const asked = (event) => new URL(event.detail.pathInfo.finalRequestPath, location.href);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answered = event.detail.xhr.responseURL;
    if (!answered || new URL(answered).pathname === asked(event).pathname) return;
    event.detail.shouldSwap = false;
    location.assign(asked(event));
  });
  document.addEventListener("htmx:responseError", (event) => location.assign(asked(event)));

  // A form marked data-once is sent once: the server refuses doubles too, this spares the reader the refusal.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Ticked rows: how many, and buttons that need one.
  function countTicked(form) {
    const boxes = all('input[name="ids"]', form);
    const ticked = boxes.filter((box) => box.checked).length;
    const whole = form.querySelector("[data-select-all]");
    if (whole) {
      whole.checked = ticked > 0 && ticked === boxes.length;
      whole.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    for (const label of all("[data-selected]", form)) label.textContent = ticked ? label.dataset.text.replace("{n}", ticked) : "";
    for (const button of all("[data-needs-selection]", form)) button.disabled = ticked === 0;
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-list]");
    if (!form) return;
    if (event.target.matches("[data-select-all]")) for (const box of all('input[name="ids"]', form)) box.checked = event.target.checked;
    countTicked(form);
  });

  // Files dropped on a field become the field's files.
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const area = event.target.closest?.("[data-drop] .ks-drop");
      if (!area) return;
      event.preventDefault();
      area.classList.toggle("ks-over", type === "dragover");
      if (type !== "drop" || !event.dataTransfer.files.length) return;
      const input = area.querySelector('input[type="file"]');
      const files = new DataTransfer();
      for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file);
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // Charts: numbers from the page, drawn by ECharts, which is loaded only where there is one.
  const COLOURS = ["#0b5cab", "#c77700", "#17803a", "#6b4bb3", "#b42323", "#00767a"];
  function draw(canvas) {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const font = getComputedStyle(document.body).fontFamily;
    const units = data.units || [""];
    const chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption({
      color: COLOURS, textStyle: { fontFamily: font }, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      grid: { left: 8, right: 8, top: 48, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { fontFamily: font, color: "#1c2733" } },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: data.labels, axisLabel: { color: "#566270" }, axisTick: { show: false } },
      yAxis: units.map((name) => ({ type: "value", name, nameTextStyle: { color: "#566270" }, axisLabel: { color: "#566270" }, splitLine: { lineStyle: { color: "#dfe4ea" } } })),
      series: data.series.map((one) => ({ name: one.name, type: one.kind || "bar", data: one.values, yAxisIndex: one.axis || 0, barMaxWidth: 36, symbolSize: 7 })),
    });
    new ResizeObserver(() => chart.resize()).observe(canvas);
  }
  function drawAll(root) {
    const canvases = all("[data-chart]", root).filter((canvas) => !canvas.dataset.drawn);
    if (!canvases.length) return;
    for (const canvas of canvases) canvas.dataset.drawn = "1";
    if (window.echarts) return canvases.forEach(draw);
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=keshi-echarts]").content;
    script.addEventListener("load", () => canvases.forEach(draw));
    document.head.append(script);
  }

  function dress(root) {
    all("form[data-list]", root).forEach(countTicked);
    drawAll(root);
    for (const toast of all("[data-toast]:not([data-dressed])", root)) {
      toast.dataset.dressed = "1";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ks-toast-close";
      button.setAttribute("aria-label", english() ? "Close" : "关闭");
      button.innerHTML = '<i class="ti ti-x" aria-hidden="true"></i>';
      button.addEventListener("click", () => toast.remove());
      toast.append(button);
    }
  }
  document.addEventListener("DOMContentLoaded", () => {
    dress(document);
    document.querySelector("[data-error-summary]:not([data-calm] *)")?.focus();
  });
  document.addEventListener("htmx:load", (event) => dress(event.target));
})();
