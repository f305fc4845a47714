// Before the first paint: the theme and the language chosen last time (a file, since the page's policy refuses inline scripts).
(function () {
  var root = document.documentElement;
  var chosen = null;
  try {
    chosen = localStorage.getItem('antenne.theme');
    var language = localStorage.getItem('antenne.language');
    if (language === 'en' || language === 'fr') root.lang = language;
  } catch (_) {
    // Storage may be refused (private window): the system's theme and French then.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
})();
