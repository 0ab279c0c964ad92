import {MonitorPage} from './pages/monitor/monitor-page.tsx';
import {startPage} from './pages/start-page.tsx';
import './pages/monitor/monitor.css';

startPage(<MonitorPage />);
