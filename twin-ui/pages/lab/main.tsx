import {startPage} from '../start-page.tsx';
import {LabPage} from './lab-page.tsx';
import './lab.css';

startPage(<LabPage />);
