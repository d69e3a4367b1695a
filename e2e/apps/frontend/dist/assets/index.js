const configuration = await (await fetch('/api/v1/config/frontend/')).json();
const notes = await (await fetch(`${configuration.api}/notes/`)).json();
document.getElementById('root').textContent = notes.map(({ text }) => text).join(', ');
