import {startPage} from '../start-page.tsx';
import {ConnectPage} from './connect-page.tsx';
import './connect.css';

startPage(<ConnectPage />);
