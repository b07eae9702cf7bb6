const page = document.documentElement.lang;

/** The page's language, as it is written where the reader is: such as en-GB on an English page. */
export const locale = navigator.languages.find((language) => language.split("-")[0] === page.split("-")[0]) ?? page;
