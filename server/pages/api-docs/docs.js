/** Draws /api/openapi.json as a page: routes by tag, parameters, bodies, answers. No library, no internet. */

const TEXT = {
  en: {
    twin: 'Twin',
    filter: 'Filter',
    loading: 'Loading …',
    failed: 'The description could not be read: ',
    parameters: 'Parameters',
    name: 'name',
    type: 'type',
    meaning: 'meaning',
    required: 'required',
    body: 'Body',
    answer: 'Answer',
    action: 'action',
    credentials: 'credentials',
    none: 'No route fits the filter.',
    other: '中文',
  },
  zh: {
    twin: '孪生首页',
    filter: '筛选',
    loading: '加载中…',
    failed: '无法读取接口说明：',
    parameters: '参数',
    name: '名称',
    type: '类型',
    meaning: '含义',
    required: '必填',
    body: '请求体',
    answer: '响应',
    action: '权限动作',
    credentials: '凭据',
    none: '没有符合筛选的接口。',
    other: 'English',
  },
};

let language = navigator.language.startsWith('zh') ? 'zh' : 'en';
const text = (key) => TEXT[language][key];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A schema in a few words, as people write types. */
function typeOf(schema) {
  if (!schema) return '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array')
    return schema.prefixItems
      ? `[${schema.prefixItems.map(typeOf).join(', ')}]`
      : `${typeOf(schema.items)}[]`;
  const range = [];
  if (schema.minimum !== undefined) range.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) range.push(`≤ ${schema.maximum}`);
  if (schema.default !== undefined) range.push(`= ${schema.default}`);
  return `${schema.type ?? 'any'}${range.length ? ` (${range.join(', ')})` : ''}`;
}

/** The shape of a body, indented; `?` marks what may be absent. */
function shapeOf(schema, indent = '') {
  if (!schema) return '';
  if (schema.type === 'array' && schema.items) return `[${shapeOf(schema.items, indent)}, …]`;
  if (schema.anyOf) return schema.anyOf.map((part) => shapeOf(part, indent)).join(' | ');
  if (schema.type !== 'object' || !schema.properties) return typeOf(schema);
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).map(
    ([key, part]) =>
      `${inner}${key}${required.has(key) ? '' : '?'}: ${shapeOf(part, inner)}${part.description ? `  // ${part.description}` : ''}`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function parameterTable(parameters) {
  const head = element(
    'tr',
    {},
    ...['name', 'type', 'meaning'].map((key) => element('th', {scope: 'col'}, text(key))),
  );
  const rows = parameters.map((parameter) =>
    element(
      'tr',
      {},
      element(
        'td',
        {},
        element('code', {}, parameter.name),
        parameter.required ? ` (${text('required')})` : '',
      ),
      element('td', {}, typeOf(parameter.schema)),
      element('td', {}, parameter.description ?? parameter.schema?.description ?? ''),
    ),
  );
  return element(
    'div',
    {class: 'scroll'},
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}

function routeOf(path, method, route) {
  const details = element('details', {id: `${method}-${path}`});
  details.append(
    element(
      'summary',
      {},
      element('span', {class: 'method'}, method.toUpperCase()),
      element('code', {}, path),
      ' ',
      element('span', {class: 'quiet'}, route.summary ?? ''),
    ),
  );
  if (route.description) details.append(element('p', {}, route.description));
  const notes = [`${text('action')}: ${route['x-action'] ?? '–'}`];
  if (route.security) notes.push(`${text('credentials')}: ${route.security.flatMap(Object.keys).join(', ')}`);
  details.append(element('p', {class: 'quiet'}, notes.join(' · ')));
  if (route.parameters?.length)
    details.append(element('h3', {}, text('parameters')), parameterTable(route.parameters));
  const body = route.requestBody?.content?.['application/json']?.schema;
  if (body) details.append(element('h3', {}, text('body')), element('pre', {tabindex: '0'}, shapeOf(body)));
  for (const [status, response] of Object.entries(route.responses ?? {})) {
    const content = Object.entries(response.content ?? {})[0];
    if (!content?.[1].schema) continue;
    details.append(
      element('h3', {}, `${text('answer')} ${status} · ${content[0]}`),
      element('pre', {tabindex: '0'}, shapeOf(content[1].schema)),
    );
  }
  return details;
}

function draw(api) {
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll('[data-text]'))
    labelled.textContent = text(labelled.dataset.text);
  const other = document.getElementById('language');
  other.textContent = text('other');
  other.lang = language === 'en' ? 'zh' : 'en';
  document.getElementById('version').textContent = api.info.version;
  document.getElementById('intro').textContent = api.info.description;
  const wanted = document.getElementById('filter').value.trim().toLowerCase();
  const sections = [];
  for (const tag of api.tags) {
    const routes = [];
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, route] of Object.entries(methods)) {
        if (method === 'head' || !route.tags?.includes(tag.name)) continue;
        if (!`${method} ${path} ${route.summary ?? ''}`.toLowerCase().includes(wanted)) continue;
        routes.push(routeOf(path, method, route));
      }
    }
    if (routes.length > 0) {
      const title = element(
        'h2',
        {},
        tag.name,
        ' ',
        element('span', {class: 'quiet'}, tag.description ?? ''),
      );
      sections.push(element('section', {}, title, ...routes));
    }
  }
  if (sections.length === 0) sections.push(element('p', {}, text('none')));
  document.getElementById('routes').replaceChildren(...sections);
}

try {
  const response = await fetch('/api/openapi.json');
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const api = await response.json();
  draw(api);
  document.getElementById('filter').addEventListener('input', () => draw(api));
  document.getElementById('language').addEventListener('click', () => {
    language = language === 'en' ? 'zh' : 'en';
    draw(api);
  });
} catch (error) {
  document.getElementById('routes').textContent = text('failed') + error.message;
}
