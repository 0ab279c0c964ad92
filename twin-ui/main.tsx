import {startPage} from './pages/app.tsx';

startPage(document.getElementById('app')!);
