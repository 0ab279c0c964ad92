import {startPage} from '../start-page.tsx';
import {DataPage} from './data-page.tsx';
import './data.css';

startPage(<DataPage />);
