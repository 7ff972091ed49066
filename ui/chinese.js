<script>
(() => {
  const tongue = () => { document.documentElement.lang = window.fundoptSpeak === "en" ? "en" : "zh-CN"; };
  tongue();
  if (window.fundoptSwap) { if (window.fundoptLast !== window.fundoptSpeak) window.fundoptSwap(document.body); window.fundoptLast = window.fundoptSpeak; return; }
  window.fundoptLast = window.fundoptSpeak;
  const words = {
    "Upload": "选择文件", "Browse files": "选择文件", "Drag and drop file here": "把文件拖到这里", "per file": "每个文件",
    "Sort ascending": "升序", "Sort descending": "降序", "Autosize": "自动列宽", "Pin column": "固定列",
    "Unpin column": "取消固定", "Hide column": "隐藏列", "Format": "格式", "Statistics": "统计",
    "Download as CSV": "下载为 CSV", "Download as PNG": "下载为图片", "Download as SVG": "下载为矢量图",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "Search": "查找", "Show/hide columns": "显示或隐藏列",
    "No results": "没有结果", "No options to select": "没有可选项", "Choose options": "请选择", "Choose an option": "请选择",
    "Collapse sidebar": "收起侧栏", "Expand sidebar": "展开侧栏", "Open sidebar": "展开侧栏", "Close": "关闭", "empty": "空",
    "Skip to main content": "跳到正文", "error icon": "错误", "info icon": "提示", "warning icon": "提醒", "success icon": "成功", "check icon": "完成",
    "Stop": "停止", "Running...": "运行中", "Show data": "显示数据", "Copy to clipboard": "复制", "Remove file": "移除文件"
  };
  const back = Object.fromEntries(Object.entries(words).map(([english, chinese]) => [chinese, english]));
  const speak = () => window.fundoptSpeak === "en" ? back : words;
  const pairs = [
    [/^Help for (.*)$/, "说明：$1", /^说明：(.*)$/, "Help for $1"],
    [/^Press (?:Enter|Ctrl\+Enter|⌘\+Enter) to apply$/, "按回车生效", /^按回车生效$/, "Press Enter to apply"],
    [/^Press (?:Enter|Ctrl\+Enter|⌘\+Enter) to submit form$/, "按回车提交", /^按回车提交$/, "Press Enter to submit form"],
    [/^(\d+) results?$/, "$1 处", /^(\d+) 处$/, "$1 results"],
    [/^Increment$/, "增加", /^增加$/, "Increment"], [/^Decrement$/, "减少", /^减少$/, "Decrement"]
  ];
  const help = told => {
    for (const [english, chinese, back, to] of pairs) {
      if (window.fundoptSpeak === "en" ? back.test(told) : english.test(told)) return window.fundoptSpeak === "en" ? told.replace(back, to) : told.replace(english, chinese);
    }
    return "";
  };
  const spots = ["aria-label", "title", "placeholder"];
  const swap = node => {
    if (node.nodeType === 3) {
      const told = node.nodeValue.trim();
      const word = told && told.length < 60 ? speak()[told] || help(told) : "";
      if (word && word !== told) node.nodeValue = word;
      return;
    }
    if (node.nodeType !== 1) return;
    for (const spot of spots) {
      const told = (node.getAttribute(spot) || "").trim();
      const word = speak()[told] || help(told);
      if (word && word !== told) node.setAttribute(spot, word);
    }
    node.childNodes.forEach(swap);
  };
  window.fundoptSwap = swap;
  swap(document.body);
  new MutationObserver(changes => changes.forEach(change => {
    if (change.type === "characterData") swap(change.target);
    if (change.type === "attributes") swap(change.target);
    change.addedNodes.forEach(swap);
  })).observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: spots});
})();
</script>
